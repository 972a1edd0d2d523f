// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeToken} from "./SafeToken.sol";

interface IShareToken {
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
}

interface IMoneyToken {
    function balanceOf(address account) external view returns (uint256);
}

/// The till of one instrument: takes money and shares in, pays each payout once.
///
/// Deposit and Redeem are orders that the daemon follows; payMoney and mintShares are its answers. A payout has a key, and a key is paid
/// once, whoever sends it how often: that the daemon loses a node's answer costs nobody money.
contract Vault {
    using SafeToken for address;

    /// Money came in: usdtAmount is what arrived, which a token that takes a fee makes less than what was sent.
    event Deposit(address indexed user, uint256 usdtAmount);
    /// Shares were burned.
    event Redeem(address indexed user, uint256 shareQty);
    /// A payout was done: of money, or of shares.
    event Paid(bytes32 indexed key, address indexed to, uint256 amount, bool money);
    /// The treasurer took money out.
    event Withdrawn(address indexed to, uint256 amount);
    event PayerChanged(address indexed payer);
    event TreasurerChanged(address indexed treasurer);
    event OwnerChanged(address indexed owner);

    error NotOwner();
    error NotPayer();
    error NotTreasurer();
    error NotNextOwner();
    error AlreadyPaid(bytes32 key);
    error ZeroAddress();
    error ZeroAmount();
    error Reentered();

    address public immutable money;
    address public immutable share;

    address public owner;
    address public nextOwner;
    address public payer;
    address public treasurer;

    mapping(bytes32 key => bool) private done;
    bool private entered;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    modifier onlyPayer() {
        if (msg.sender != payer) revert NotPayer();
        _;
    }

    modifier once() {
        if (entered) revert Reentered();
        entered = true;
        _;
        entered = false;
    }

    constructor(address money_, address share_, address owner_, address payer_, address treasurer_) {
        if (money_ == address(0) || share_ == address(0) || owner_ == address(0)) revert ZeroAddress();
        money = money_;
        share = share_;
        owner = owner_;
        payer = payer_;
        treasurer = treasurer_;
        emit OwnerChanged(owner_);
        emit PayerChanged(payer_);
        emit TreasurerChanged(treasurer_);
    }

    /// Pays money in, to get shares. The vault must be allowed to take it.
    function deposit(uint256 amount) external once {
        if (amount == 0) revert ZeroAmount();
        uint256 before = IMoneyToken(money).balanceOf(address(this));
        money.takeFrom(msg.sender, address(this), amount);
        uint256 arrived = IMoneyToken(money).balanceOf(address(this)) - before;
        if (arrived == 0) revert ZeroAmount();
        emit Deposit(msg.sender, arrived);
    }

    /// Gives shares up, to be paid.
    function redeem(uint256 shareQty) external once {
        if (shareQty == 0) revert ZeroAmount();
        IShareToken(share).burn(msg.sender, shareQty);
        emit Redeem(msg.sender, shareQty);
    }

    /// Pays money under a key; a key that was paid reverts.
    function payMoney(bytes32 key, address to, uint256 amount) external onlyPayer once {
        settle(key, to, amount, true);
        money.give(to, amount);
    }

    /// Mints shares under a key; a key that was paid reverts.
    function mintShares(bytes32 key, address to, uint256 qty) external onlyPayer once {
        settle(key, to, qty, false);
        IShareToken(share).mint(to, qty);
    }

    /// Whether the payout with this key was done.
    function isPaid(bytes32 key) external view returns (bool) {
        return done[key];
    }

    /// Takes money out, to where it is kept.
    function withdraw(address to, uint256 amount) external once {
        if (msg.sender != treasurer) revert NotTreasurer();
        if (to == address(0)) revert ZeroAddress();
        if (amount == 0) revert ZeroAmount();
        money.give(to, amount);
        emit Withdrawn(to, amount);
    }

    function setPayer(address payer_) external onlyOwner {
        payer = payer_;
        emit PayerChanged(payer_);
    }

    function setTreasurer(address treasurer_) external onlyOwner {
        treasurer = treasurer_;
        emit TreasurerChanged(treasurer_);
    }

    /// Names the next owner, who has to accept: a mistyped address loses nothing.
    function offerOwner(address next) external onlyOwner {
        nextOwner = next;
    }

    function acceptOwner() external {
        if (msg.sender != nextOwner) revert NotNextOwner();
        owner = msg.sender;
        nextOwner = address(0);
        emit OwnerChanged(msg.sender);
    }

    function settle(bytes32 key, address to, uint256 amount, bool isMoney) private {
        if (done[key]) revert AlreadyPaid(key);
        if (to == address(0)) revert ZeroAddress();
        if (amount == 0) revert ZeroAmount();
        done[key] = true;
        emit Paid(key, to, amount, isMoney);
    }
}
