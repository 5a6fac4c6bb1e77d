// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRewardDistributor} from "../src/IRewardDistributor.sol";
import {WeToken} from "../src/WeToken.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev A root takes two keys, the delay, and passes the rules of window, total, cap and funding; the third key stops it.
contract RootsTest is World {
    bytes32 private constant ROOT = keccak256("root");

    function setUp() external {
        deploy();
    }

    function test_A_root_is_in_force_once_approved_with_its_commitment() external {
        settle(FIRST, 5 ether, ROOT);
        same(distributor.root(), ROOT);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 5 ether, ROOT);
        same(distributor.commitment(), keccak256(abi.encode(p)));
        same(distributor.commitment(), distributor.commitmentOf(p));
        (uint96 funded, uint96 total, uint32 capWe, uint24 window, bool paused) = distributor.state();
        same(funded, FUNDING);
        same(total, 5 ether);
        same(capWe, CAP_WE);
        same(window, FIRST);
        assert(!paused);
    }

    function testFuzz_The_delay_cannot_be_shortened(uint256 wait, uint256 readyAt) external {
        passWindow(FIRST);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 5 ether, ROOT);
        uint256 ready = propose(p);
        same(ready, block.timestamp + DELAY);
        vm.warp(block.timestamp + wait % DELAY);
        refused(IRewardDistributor.TooEarly.selector);
        approve(p, ready);
        if (readyAt == ready) return;
        refused(IRewardDistributor.UnknownProposal.selector);
        approve(p, readyAt);
    }

    function testFuzz_What_is_approved_is_what_was_proposed(uint8 field, uint256 other) external {
        passWindow(FIRST + 2);
        IRewardDistributor.Proposal memory p = proposal(FIRST + 1, 5 ether, ROOT);
        uint256 ready = propose(p);
        vm.warp(ready);
        bytes32 word = keccak256(abi.encode(other));
        if (field % 6 == 0) p.window = other % 2 == 0 ? FIRST : FIRST + 2;
        if (field % 6 == 1) p.total = 5 ether + 1 + uint96(other % 1 ether);
        if (field % 6 == 2) p.root = word;
        if (field % 6 == 3) p.logRoot = word;
        if (field % 6 == 4) p.statementDigest = word;
        if (field % 6 == 5) p.rulesetHash = word;
        refused(IRewardDistributor.UnknownProposal.selector);
        approve(p, ready);
    }

    function test_A_new_proposal_replaces_the_old_and_waits_anew() external {
        passWindow(FIRST);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 5 ether, ROOT);
        uint256 first = propose(p);
        vm.warp(first);
        uint256 second = propose(p);
        refused(IRewardDistributor.UnknownProposal.selector);
        approve(p, first);
        refused(IRewardDistributor.TooEarly.selector);
        approve(p, second);
    }

    function test_The_pauser_vetoes_the_very_proposal() external {
        passWindow(FIRST);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 5 ether, ROOT);
        uint256 ready = propose(p);
        bytes32 id = distributor.proposal();
        same(id, distributor.proposalId(p, ready));
        refused(IRewardDistributor.UnknownProposal.selector);
        vm.prank(PAUSER);
        distributor.veto(keccak256("other"));
        vm.prank(PAUSER);
        distributor.veto(id);
        vm.warp(ready);
        refused(IRewardDistributor.UnknownProposal.selector);
        approve(p, ready);
        refused(IRewardDistributor.UnknownProposal.selector);
        vm.prank(PAUSER);
        distributor.veto(0);
    }

    function test_A_window_has_one_root_and_windows_only_go_on() external {
        settle(FIRST + 1, 5 ether, ROOT);
        passWindow(FIRST + 1);
        for (uint24 window = FIRST; window <= FIRST + 1; ++window) {
            refused(IRewardDistributor.WindowPassed.selector);
            propose(proposal(window, 6 ether, ROOT));
        }
    }

    function test_An_approval_cannot_be_repeated() external {
        passWindow(FIRST);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 5 ether, ROOT);
        uint256 ready = propose(p);
        vm.warp(ready);
        approve(p, ready);
        refused(IRewardDistributor.WindowPassed.selector);
        approve(p, ready);
    }

    function test_A_window_must_be_over() external {
        vm.warp((uint256(FIRST) + 1) * 1 days - 1);
        refused(IRewardDistributor.WindowNotOver.selector);
        propose(proposal(FIRST, 5 ether, ROOT));
        vm.warp((uint256(FIRST) + 1) * 1 days);
        propose(proposal(FIRST, 5 ether, ROOT));
    }

    function testFuzz_The_total_never_falls(uint96 less) external {
        settle(FIRST, 5 ether, ROOT);
        passWindow(FIRST + 1);
        refused(IRewardDistributor.TotalFell.selector);
        propose(proposal(FIRST + 1, less % 5 ether, ROOT));
        propose(proposal(FIRST + 1, 5 ether, ROOT));
    }

    function testFuzz_The_total_rises_by_no_more_than_the_cap_for_each_window(uint8 gap, uint96 over) external {
        uint24 window = FIRST + gap % 5;
        uint256 allowed = (uint256(gap % 5) + 1) * CAP_WE * 1 ether;
        passWindow(window);
        refused(IRewardDistributor.OverCap.selector);
        propose(proposal(window, uint96(allowed + 1 + over % 1_000_000 ether), ROOT));
        propose(proposal(window, uint96(allowed), ROOT));
    }

    function test_A_cap_that_was_lowered_holds_for_what_waits() external {
        passWindow(FIRST);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 5 ether, ROOT);
        uint256 ready = propose(p);
        vm.prank(ADMIN);
        distributor.setCap(4);
        vm.warp(ready);
        refused(IRewardDistributor.OverCap.selector);
        approve(p, ready);
    }

    function testFuzz_A_total_above_the_funding_is_refused_until_it_is_funded(uint96 more) external {
        vm.prank(ADMIN);
        distributor.setCap(type(uint32).max);
        more = 1 + more % 100_000_000 ether;
        passWindow(FIRST);
        refused(IRewardDistributor.Unfunded.selector);
        propose(proposal(FIRST, FUNDING + more, ROOT));
        fund(more);
        propose(proposal(FIRST, FUNDING + more, ROOT));
    }

    function test_The_tree_without_leaves_has_no_root_to_settle() external {
        passWindow(FIRST);
        refused(IRewardDistributor.EmptyRoot.selector);
        propose(proposal(FIRST, 0, 0));
    }

    function test_The_delay_is_shorter_than_a_day_and_there_is_one() external {
        uint256[3] memory bad = [uint256(0), 1 days, type(uint256).max];
        for (uint256 i = 0; i < bad.length; ++i) {
            refused(IRewardDistributor.InvalidDelay.selector);
            this.deployWithDelay(bad[i]);
        }
    }

    function test_A_token_made_for_another_distributor_is_refused() external {
        refused(IRewardDistributor.WrongToken.selector);
        this.deployFor(token);
    }

    function deployWithDelay(uint256 delay) external {
        newDistributor(newToken(vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1)), delay);
    }

    function deployFor(WeToken other) external {
        newDistributor(other, DELAY);
    }
}
