// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRewardDistributor} from "../../src/IRewardDistributor.sol";
import {RewardDistributor} from "../../src/RewardDistributor.sol";
import {WeToken} from "../../src/WeToken.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @dev Both contracts deployed and funded, one address a role, and the everyday of a ledger: roots and batches. What is deployed are
/// the pinned artifacts, or those in the folder that CONTRACTS names.
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

    error Different(uint256 found, uint256 expected);

    function deploy() internal {
        vm.warp(uint256(FIRST) * 1 days + 1 hours);
        token = newToken(vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1));
        distributor = newDistributor(token, DELAY);
        fund(FUNDING);
    }

    function newToken(address for_) internal returns (WeToken) {
        WeToken.Allocations memory to = WeToken.Allocations(SALE, RESERVE, INCENTIVES, TEAM, SOCIAL);
        return WeToken(create("WeToken", abi.encode(to, for_)));
    }

    function newDistributor(WeToken of_, uint256 delay) internal returns (RewardDistributor) {
        return RewardDistributor(
            create("RewardDistributor", abi.encode(of_, ADMIN, 2 days, PROPOSER, APPROVER, PAUSER, delay, CAP_WE, FIRST))
        );
    }

    /// @dev What the constructor says when it refuses, it says again.
    function create(string memory name, bytes memory arguments) internal returns (address made) {
        string memory file = string.concat(vm.envOr("CONTRACTS", "artifacts"), "/", name, ".json");
        bytes memory code = bytes.concat(vm.parseJsonBytes(vm.readFile(file), ".bytecode"), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function fund(uint96 amount) internal {
        vm.startPrank(INCENTIVES);
        token.approve(address(distributor), amount);
        distributor.fund(amount);
        vm.stopPrank();
    }

    function proposal(uint24 window, uint96 total, bytes32 root) internal pure returns (IRewardDistributor.Proposal memory) {
        return IRewardDistributor.Proposal(window, total, root, keccak256("log"), keccak256("statement"), keccak256("rules"));
    }

    function passWindow(uint24 window) internal {
        uint256 over = (uint256(window) + 1) * 1 days;
        if (block.timestamp < over) vm.warp(over);
    }

    function propose(IRewardDistributor.Proposal memory p) internal returns (uint256 readyAt) {
        vm.prank(PROPOSER);
        return distributor.propose(p);
    }

    function approve(IRewardDistributor.Proposal memory p, uint256 readyAt) internal {
        vm.prank(APPROVER);
        distributor.approve(p, readyAt);
    }

    /// @dev Moves to the end of the window, proposes, waits, approves.
    function settle(uint24 window, uint96 total, bytes32 root) internal {
        passWindow(window);
        IRewardDistributor.Proposal memory p = proposal(window, total, root);
        uint256 readyAt = propose(p);
        vm.warp(readyAt);
        approve(p, readyAt);
    }

    /// @dev A tree of one leaf: its root is the leaf's hash and its proof is empty.
    function settleOne(uint24 window, address account, uint96 cumulative) internal returns (bytes32 root) {
        root = distributor.leafHash(account, cumulative);
        settle(window, cumulative, root);
    }

    function proposeBatch(bytes32 batchId, uint256[] memory entries) internal returns (uint256 readyAt) {
        vm.prank(PROPOSER);
        return distributor.proposeBatch(batchId, keccak256(abi.encodePacked(entries)));
    }

    function disburse(bytes32 batchId, uint256 readyAt, uint256[] memory entries) internal returns (uint256 paid) {
        vm.prank(APPROVER);
        return distributor.disburse(batchId, readyAt, entries);
    }

    function push(bytes32 batchId, uint256[] memory entries) internal returns (uint256 paid) {
        uint256 readyAt = proposeBatch(batchId, entries);
        vm.warp(readyAt);
        return disburse(batchId, readyAt, entries);
    }

    function entry(address account, uint96 cumulative) internal pure returns (uint256) {
        return uint256(uint160(account)) << 96 | cumulative;
    }

    function one(address account, uint96 cumulative) internal pure returns (uint256[] memory entries) {
        entries = new uint256[](1);
        entries[0] = entry(account, cumulative);
    }

    /// @dev The nodes of a tree over the accounts' sums.
    function tree(address[] memory accounts, uint96[] memory sums) internal view returns (bytes32[] memory nodes) {
        bytes32[] memory leaves = new bytes32[](accounts.length);
        for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = distributor.leafHash(accounts[i], sums[i]);
        return Tree.build(leaves);
    }

    function none() internal pure returns (bytes32[] memory) {
        return new bytes32[](0);
    }

    function same(uint256 found, uint256 expected) internal pure {
        if (found != expected) revert Different(found, expected);
    }

    function same(bytes32 found, bytes32 expected) internal pure {
        same(uint256(found), uint256(expected));
    }

    function refused(bytes4 code) internal {
        vm.expectPartialRevert(code);
    }

}
