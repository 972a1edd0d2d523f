// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Test money that behaves as Tether's contract does: transfers answer nothing, addresses can be blacklisted, and a fee can be taken of
/// each transfer. Anybody may do anything with it: never deploy it where money is real.
contract TestTether {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error TooLittle();
    error Blacklisted(address account);

    string public constant name = "Test tether";
    string public constant symbol = "TTET";
    uint8 public constant decimals = 6;
    uint256 public totalSupply;
    /// Of each transfer, in hundredths of a percent; it is burned.
    uint256 public feePoints;

    mapping(address account => uint256) public balanceOf;
    mapping(address account => mapping(address spender => uint256)) public allowance;
    mapping(address account => bool) public isBlacklisted;

    function mint(address to, uint256 amount) external {
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function setFee(uint256 points) external {
        feePoints = points;
    }

    function setBlacklisted(address account, bool is_) external {
        isBlacklisted[account] = is_;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
    }

    function transfer(address to, uint256 amount) external {
        move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert TooLittle();
        allowance[from][msg.sender] = allowed - amount;
        move(from, to, amount);
    }

    function move(address from, address to, uint256 amount) private {
        if (isBlacklisted[from]) revert Blacklisted(from);
        if (isBlacklisted[to]) revert Blacklisted(to);
        if (balanceOf[from] < amount) revert TooLittle();
        uint256 fee = (amount * feePoints) / 10_000;
        balanceOf[from] -= amount;
        balanceOf[to] += amount - fee;
        totalSupply -= fee;
        emit Transfer(from, to, amount - fee);
    }
}
