// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The least a transaction can cost by the EIPs, term by term as in specs/gas.md.
library Floor {
    uint256 internal constant INTRINSIC = 21_000;
    uint256 internal constant COLD_READ = 2_100; // EIP-2929
    uint256 internal constant COLD_CALL = 2_600; // EIP-2929
    uint256 internal constant CHANGE = 5_000; // a slot in use, cold: EIP-2929 and EIP-2200
    uint256 internal constant FIRST_WRITE = 22_100; // a slot that was zero, cold

    /// @dev EIP-2028: 4 a zero byte, 16 any other.
    function callData(bytes memory data) internal pure returns (uint256 gas) {
        for (uint256 i = 0; i < data.length; ++i) gas += data[i] == 0 ? 4 : 16;
    }

    /// @dev EIP-7623: what the whole transaction costs at the least, 10 a zero byte and 40 any other.
    function dataHeavy(bytes memory data) internal pure returns (uint256 gas) {
        gas = INTRINSIC;
        for (uint256 i = 0; i < data.length; ++i) gas += data[i] == 0 ? 10 : 40;
    }

    function log(uint256 topics, uint256 words) internal pure returns (uint256) {
        return 375 + 375 * topics + 8 * 32 * words;
    }

    function keccak(uint256 words) internal pure returns (uint256) {
        return 30 + 6 * words;
    }
}
