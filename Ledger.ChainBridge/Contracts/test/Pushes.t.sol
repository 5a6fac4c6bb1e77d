// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IRewardDistributor} from "../src/IRewardDistributor.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev A batch takes two keys and the delay as a root does, is paid once, and shares with claims one account of what was paid.
contract PushesTest is World {
    address private constant ANN = address(0xc1);
    address private constant BEN = address(0xc2);

    function setUp() external {
        deploy();
        settle(FIRST, 100 ether, distributor.leafHash(ANN, 5 ether));
    }

    function test_A_batch_pays_each_account_up_to_its_sum() external {
        uint256[] memory entries = new uint256[](3);
        entries[0] = entry(ANN, 3 ether);
        entries[1] = entry(BEN, 2 ether);
        entries[2] = entry(ANN, 4 ether);
        same(push("batch", entries), 6 ether);
        same(token.balanceOf(ANN), 4 ether);
        same(token.balanceOf(BEN), 2 ether);
        same(distributor.paidTotal(), 6 ether);
    }

    function test_A_claim_after_a_push_pays_the_rest() external {
        push("batch", one(ANN, 3 ether));
        same(distributor.claim(ANN, 5 ether, distributor.root(), none()), 2 ether);
        same(token.balanceOf(ANN), 5 ether);
    }

    function test_A_push_after_a_claim_passes_the_account_over() external {
        uint256 ready = proposeBatch("batch", one(ANN, 5 ether));
        distributor.claim(ANN, 5 ether, distributor.root(), none());
        vm.warp(ready);
        same(disburse("batch", ready, one(ANN, 5 ether)), 0);
        same(token.balanceOf(ANN), 5 ether);
    }

    function test_A_batch_id_is_paid_once_whatever_it_holds() external {
        push("batch", one(ANN, 3 ether));
        same(distributor.batches("batch"), distributor.PAID());
        refused(IRewardDistributor.BatchKnown.selector);
        proposeBatch("batch", one(BEN, 3 ether));
        refused(IRewardDistributor.BatchKnown.selector);
        disburse("batch", block.timestamp, one(ANN, 3 ether));
    }

    function test_A_batch_that_waits_cannot_be_exchanged() external {
        proposeBatch("batch", one(ANN, 3 ether));
        refused(IRewardDistributor.BatchKnown.selector);
        proposeBatch("batch", one(BEN, 3 ether));
    }

    function testFuzz_The_delay_of_a_batch_cannot_be_shortened(uint256 wait, uint256 readyAt) external {
        uint256 ready = proposeBatch("batch", one(ANN, 3 ether));
        vm.warp(block.timestamp + wait % DELAY);
        refused(IRewardDistributor.TooEarly.selector);
        disburse("batch", ready, one(ANN, 3 ether));
        if (readyAt == ready) return;
        refused(IRewardDistributor.UnknownProposal.selector);
        disburse("batch", readyAt, one(ANN, 3 ether));
    }

    function testFuzz_What_is_paid_is_what_was_proposed(uint256 other) external {
        uint256 ready = proposeBatch("batch", one(ANN, 3 ether));
        vm.warp(ready);
        uint256[] memory entries = new uint256[](1);
        entries[0] = other;
        if (other == entry(ANN, 3 ether)) return;
        refused(IRewardDistributor.UnknownProposal.selector);
        disburse("batch", ready, entries);
        refused(IRewardDistributor.UnknownProposal.selector);
        disburse("another", ready, one(ANN, 3 ether));
    }

    function test_The_pauser_vetoes_a_batch_and_its_id_is_free_again() external {
        uint256 ready = proposeBatch("batch", one(ANN, 3 ether));
        vm.prank(PAUSER);
        distributor.vetoBatch("batch");
        vm.warp(ready);
        refused(IRewardDistributor.UnknownProposal.selector);
        disburse("batch", ready, one(ANN, 3 ether));
        same(push("batch", one(ANN, 2 ether)), 2 ether);
        refused(IRewardDistributor.BatchKnown.selector);
        vm.prank(PAUSER);
        distributor.vetoBatch("batch");
        refused(IRewardDistributor.UnknownProposal.selector);
        vm.prank(PAUSER);
        distributor.vetoBatch("unheard");
    }

    function test_A_batch_is_bounded() external {
        uint256[] memory entries = new uint256[](601);
        for (uint256 i = 0; i < entries.length; ++i) entries[i] = entry(address(uint160(0x1000 + i)), 1);
        uint256 ready = proposeBatch("batch", entries);
        vm.warp(ready);
        refused(IRewardDistributor.BatchSize.selector);
        disburse("batch", ready, entries);
        refused(IRewardDistributor.BatchSize.selector);
        disburse("batch", ready, new uint256[](0));
        assembly ("memory-safe") {
            mstore(entries, 600)
        }
        same(push("whole", entries), 600);
        assert(vm.lastCallGas().gasTotalUsed < 16_777_216);
    }

    function test_A_batch_pays_no_more_than_the_approved_total() external {
        uint256 ready = proposeBatch("batch", one(ANN, 100 ether + 1));
        vm.warp(ready);
        refused(IRewardDistributor.OverTotal.selector);
        disburse("batch", ready, one(ANN, 100 ether + 1));
        same(push("whole", one(ANN, 100 ether)), 100 ether);
    }

    function test_A_batch_that_names_the_distributor_is_refused_whole() external {
        uint256[] memory entries = new uint256[](2);
        entries[0] = entry(ANN, 3 ether);
        entries[1] = entry(address(distributor), 3 ether);
        uint256 ready = proposeBatch("batch", entries);
        vm.warp(ready);
        refused(IERC20Errors.ERC20InvalidReceiver.selector);
        disburse("batch", ready, entries);
        same(token.balanceOf(ANN), 0);
    }
}
