// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface IVault {
    function deposit(uint256 amount) external;
    function redeem(uint256 shareQty) external;
}

/// Many events in one transaction: real ones of a vault, or its own as a vault's stand-in where the speed of reading is measured.
contract TestBurst {
    event Deposit(address indexed user, uint256 usdtAmount);
    event Redeem(address indexed user, uint256 shareQty);

    /// Deposits each amount and redeems each quantity; this contract must have both, and is the user.
    function act(address vault, address money, uint256[] calldata amounts, uint256[] calldata quantities) external {
        (bool ok,) = money.call(abi.encodeWithSignature("approve(address,uint256)", vault, type(uint256).max));
        require(ok, "approve");
        for (uint256 i = 0; i < amounts.length; i++) IVault(vault).deposit(amounts[i]);
        for (uint256 i = 0; i < quantities.length; i++) IVault(vault).redeem(quantities[i]);
    }

    /// So many deposits of one user, of first and one more each time.
    function emitDeposits(address user, uint256 first, uint256 count) external {
        for (uint256 i = 0; i < count; i++) emit Deposit(user, first + i);
    }

    /// So many redemptions of one user.
    function emitRedeems(address user, uint256 first, uint256 count) external {
        for (uint256 i = 0; i < count; i++) emit Redeem(user, first + i);
    }
}
