// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The reward tree of specs/merkle.md: leaf hashes in ascending order, written from the end of the array backwards.
library Tree {
    function build(bytes32[] memory leaves) internal pure returns (bytes32[] memory nodes) {
        uint256 n = leaves.length;
        nodes = new bytes32[](2 * n - 1);
        for (uint256 i = 0; i < n; ++i) {
            uint256 rank = 0;
            for (uint256 j = 0; j < n; ++j) {
                if (leaves[j] < leaves[i]) ++rank;
            }
            nodes[nodes.length - 1 - rank] = leaves[i];
        }
        for (uint256 i = n - 1; i > 0; --i) {
            nodes[i - 1] = hashPair(nodes[2 * i - 1], nodes[2 * i]);
        }
    }

    function proof(bytes32[] memory nodes, bytes32 leaf) internal pure returns (bytes32[] memory siblings) {
        uint256 node = (nodes.length - 1) / 2;
        while (nodes[node] != leaf) ++node;
        uint256 depth = 0;
        for (uint256 up = node; up > 0; up = (up - 1) / 2) ++depth;
        siblings = new bytes32[](depth);
        for (uint256 step = 0; step < depth; ++step) {
            siblings[step] = nodes[node % 2 == 1 ? node + 1 : node - 1];
            node = (node - 1) / 2;
        }
    }

    function hashPair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }
}
