// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RewardDistributor} from "../../src/RewardDistributor.sol";
import {WeToken} from "../../src/WeToken.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @dev Both contracts deployed and funded, one address a role, and the everyday of a ledger: roots and batches.
abstract contract World {
    uint256 internal constant DELAY = 6 hours;
    uint32 internal constant CAP_WE = 1_000_000;
    uint24 internal constant FIRST = 20_779;
    uint96 internal constant FUNDING = 10_000_000 ether;

    address internal constant SALE = address(0xa1);
    address internal constant RESERVE = address(0xa2);
    address internal constant INCENTIVES = address(0xa3);
    address internal constant TEAM = address(0xa4);
    address internal constant SOCIAL = address(0xa5);
    address internal constant ADMIN = address(0xb0);
    address internal constant PROPOSER = address(0xb1);
    address internal constant APPROVER = address(0xb2);
    address internal constant PAUSER = address(0xb3);

    WeToken internal token;
    RewardDistributor internal distributor;

    function deploy() internal {
        vm.warp(uint256(FIRST) * 1 days + 1 hours);
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        token = new WeToken(WeToken.Allocations(SALE, RESERVE, INCENTIVES, TEAM, SOCIAL), predicted);
        distributor = new RewardDistributor(token, ADMIN, 2 days, PROPOSER, APPROVER, PAUSER, DELAY, CAP_WE, FIRST);
        fund(FUNDING);
    }

    function fund(uint96 amount) internal {
        vm.startPrank(INCENTIVES);
        token.approve(address(distributor), amount);
        distributor.fund(amount);
        vm.stopPrank();
    }

    function proposal(uint24 window, uint96 total, bytes32 root) internal pure returns (RewardDistributor.Proposal memory) {
        return RewardDistributor.Proposal(window, total, root, keccak256("log"), keccak256("statement"), keccak256("rules"));
    }

    /// @dev Moves to the end of the window, proposes, waits, approves.
    function settle(uint24 window, uint96 total, bytes32 root) internal {
        uint256 over = (uint256(window) + 1) * 1 days;
        if (block.timestamp < over) vm.warp(over);
        RewardDistributor.Proposal memory p = proposal(window, total, root);
        vm.prank(PROPOSER);
        uint256 readyAt = distributor.propose(p);
        vm.warp(readyAt);
        vm.prank(APPROVER);
        distributor.approve(p, readyAt);
    }

    function push(bytes32 batchId, uint256[] memory entries) internal returns (uint256 paid) {
        vm.prank(PROPOSER);
        uint256 readyAt = distributor.proposeBatch(batchId, keccak256(abi.encodePacked(entries)));
        vm.warp(readyAt);
        vm.prank(APPROVER);
        return distributor.disburse(batchId, readyAt, entries);
    }

    function entry(address account, uint96 cumulative) internal pure returns (uint256) {
        return uint256(uint160(account)) << 96 | cumulative;
    }

    /// @dev A tree over the accounts' sums, and its root.
    function tree(address[] memory accounts, uint96[] memory sums) internal view returns (bytes32[] memory nodes) {
        bytes32[] memory leaves = new bytes32[](accounts.length);
        for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = distributor.leafHash(accounts[i], sums[i]);
        return Tree.build(leaves);
    }

    /// @dev A tree of one leaf: its root is the leaf's hash and its proof is empty.
    function settleOne(uint24 window, address account, uint96 cumulative) internal returns (bytes32 root) {
        root = distributor.leafHash(account, cumulative);
        settle(window, cumulative, root);
    }
}
