// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A price that tests set, told as Chainlink's aggregators tell theirs.
contract TestFeed {
    uint8 public immutable decimals;
    string public description;
    uint256 public constant version = 1;

    uint80 private round;
    int256 private answer;
    uint256 private updatedAt;

    constructor(uint8 decimals_, string memory description_) {
        decimals = decimals_;
        description = description_;
    }

    /// The next round; an updatedAt of 0 is one that is not complete.
    function set(int256 answer_, uint256 updatedAt_) external {
        round += 1;
        answer = answer_;
        updatedAt = updatedAt_;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (round, answer, updatedAt, updatedAt, round);
    }
}
