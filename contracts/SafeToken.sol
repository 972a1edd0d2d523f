// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Transfers of tokens, of those that answer true and of those that answer nothing; whatever else happens reverts.
library SafeToken {
    error TransferFailed(address token);

    function give(address token, address to, uint256 amount) internal {
        check(token, abi.encodeWithSignature("transfer(address,uint256)", to, amount));
    }

    function takeFrom(address token, address from, address to, uint256 amount) internal {
        check(token, abi.encodeWithSignature("transferFrom(address,address,uint256)", from, to, amount));
    }

    function check(address token, bytes memory data) private {
        // A call of an address without code succeeds and does nothing.
        if (token.code.length == 0) revert TransferFailed(token);
        (bool ok, bytes memory answer) = token.call(data);
        bool fine = answer.length == 0 || (answer.length == 32 && abi.decode(answer, (uint256)) == 1);
        if (!ok || !fine) revert TransferFailed(token);
    }
}
