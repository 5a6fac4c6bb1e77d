// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RewardDistributor} from "../../src/RewardDistributor.sol";
import {WeToken} from "../../src/WeToken.sol";
import {IRewardDistributor} from "../../src/IRewardDistributor.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @dev Everybody at once, honest and not: forge calls these in any order with any arguments, and what the contracts refuse is
/// refused. Keeps, apart from the contracts, what must be true of them.
contract Actors {
    uint256 private constant PAYEES = 4;

    WeToken private immutable token;
    RewardDistributor private immutable distributor;
    address private immutable admin;
    address private immutable proposer;
    address private immutable approver;
    address private immutable pauser;
    address private immutable fund;

    IRewardDistributor.Proposal private waiting;
    uint256 private proposedAt;
    uint256 private readyAt;
    uint96[PAYEES] private waitingSums;
    uint96[PAYEES] private sums;
    uint256[] private entries;
    uint256 private batchProposedAt;
    uint256 private batchReadyAt;
    uint256[PAYEES] private highest;

    /// @dev Acts that went through, by kind, so that a run in which nothing happens is seen.
    mapping(bytes32 kind => uint256) public done;
    mapping(bytes32 batchId => uint256) public timesPaid;
    string public broken;

    constructor(WeToken token_, RewardDistributor distributor_, address[5] memory keys) {
        (token, distributor) = (token_, distributor_);
        (admin, proposer, approver, pauser, fund) = (keys[0], keys[1], keys[2], keys[3], keys[4]);
    }

    function payee(uint256 i) public pure returns (address) {
        return address(uint160(0xd0 + i % PAYEES));
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + time % 30 hours);
    }

    function fundMore(uint96 amount) external {
        amount %= 100 ether;
        vm.prank(fund);
        token.approve(address(distributor), amount);
        _try(fund, "fund", abi.encodeCall(distributor.fund, (amount)));
    }

    /// @dev A true tree, or one whose total is a lie, or which lowers somebody.
    function propose(uint256 seed, bool lie) external {
        (,,, uint24 window,) = distributor.state();
        uint96 total = 0;
        for (uint256 i = 0; i < PAYEES; ++i) {
            uint96 part = uint96(uint256(keccak256(abi.encode(seed, i))) % 20 ether);
            waitingSums[i] = seed % 7 == 0 ? part : sums[i] + part;
            total += waitingSums[i];
        }
        if (lie) total -= total / 4;
        IRewardDistributor.Proposal memory p =
            IRewardDistributor.Proposal(window + 1 + uint24(seed % 2), total, _nodes(waitingSums)[0], 0, 0, bytes32(seed));
        if (!_try(proposer, "propose", abi.encodeCall(distributor.propose, (p)))) return;
        (waiting, proposedAt, readyAt) = (p, block.timestamp, block.timestamp + distributor.vetoDelay());
    }

    function approve(uint32 early) external {
        uint256 ready = early % 4 == 0 && readyAt != 0 ? readyAt - early % 7 hours : readyAt;
        if (!_try(approver, "approve", abi.encodeCall(distributor.approve, (waiting, ready)))) return;
        if (block.timestamp < proposedAt + distributor.vetoDelay()) broken = "a root passed before its delay";
        sums = waitingSums;
    }

    function claim(uint256 i, uint256 extra, address caller) external {
        i %= PAYEES;
        bytes32[] memory nodes = _nodes(sums);
        uint256 sum = extra % 8 == 0 ? uint256(sums[i]) + extra : sums[i];
        bytes32[] memory proof = Tree.proof(nodes, distributor.leafHash(payee(i), sums[i]));
        if (caller == address(0)) caller = address(1);
        _try(caller, "claim", abi.encodeCall(distributor.claim, (payee(i), sum, nodes[0], proof)));
        _watch();
    }

    function proposeBatch(uint8 id, uint96[3] calldata parts) external {
        uint256[] memory fresh = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) fresh[i] = uint256(uint160(payee(parts[i]))) << 96 | parts[i] % 60 ether;
        bytes32 batchId = bytes32(uint256(id % 6));
        if (!_try(proposer, "propose batch", abi.encodeCall(distributor.proposeBatch, (batchId, keccak256(abi.encodePacked(fresh)))))) return;
        (entries, batchProposedAt, batchReadyAt) = (fresh, block.timestamp, block.timestamp + distributor.vetoDelay());
    }

    function disburse(uint8 id) external {
        bytes32 batchId = bytes32(uint256(id % 6));
        if (!_try(approver, "disburse", abi.encodeCall(distributor.disburse, (batchId, batchReadyAt, entries)))) return;
        timesPaid[batchId]++;
        if (block.timestamp < batchProposedAt + distributor.vetoDelay()) broken = "a batch passed before its delay";
        _watch();
    }

    function veto(bool batch, uint8 id) external {
        if (id % 4 != 0) return;
        bytes32 pending = distributor.proposal();
        if (batch) _try(pauser, "veto batch", abi.encodeCall(distributor.vetoBatch, (bytes32(uint256(id / 4 % 6)))));
        else _try(pauser, "veto", abi.encodeCall(distributor.veto, (pending)));
    }

    function pause(uint8 chance) external {
        if (chance % 8 != 0) return;
        _try(pauser, "pause", abi.encodeCall(distributor.pause, ()));
    }

    function unpause() external {
        _try(admin, "unpause", abi.encodeCall(distributor.unpause, ()));
    }

    function transferOn(uint256 i, uint96 value) external {
        vm.prank(payee(i));
        (bool ok,) = address(token).call(abi.encodeCall(token.transfer, (payee(i + 1), value)));
        if (ok) done["transfer"]++;
    }

    /// @dev Calls the distributor. While it is paused, only these few may pass.
    function _try(address caller, bytes32 kind, bytes memory data) private returns (bool ok) {
        (,,,, bool paused) = distributor.state();
        bool harmless = kind == "fund" || kind == "veto" || kind == "veto batch" || kind == "pause" || kind == "unpause";
        vm.prank(caller);
        (ok,) = address(distributor).call(data);
        if (!ok) return false;
        done[kind]++;
        if (paused && !harmless) broken = "something passed while paused";
    }

    function _watch() private {
        for (uint256 i = 0; i < PAYEES; ++i) {
            uint256 now_ = token.rewarded(payee(i));
            if (now_ < highest[i]) broken = "what an account was paid fell";
            highest[i] = now_;
        }
    }

    function _nodes(uint96[PAYEES] memory of_) private view returns (bytes32[] memory) {
        bytes32[] memory leaves = new bytes32[](PAYEES);
        for (uint256 i = 0; i < PAYEES; ++i) leaves[i] = distributor.leafHash(payee(i), of_[i]);
        return Tree.build(leaves);
    }
}
