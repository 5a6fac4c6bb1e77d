// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Actors} from "./support/Actors.sol";
import {World} from "./support/World.sol";

/// @dev What holds after any 64 acts of anybody: paid ≤ total ≤ funded, books that agree, sums that never fall, each batch at most once,
/// no way around the delay, and paused means paused.
contract InvariantsTest is World {
    Actors private actors;

    function setUp() external {
        deploy();
        actors = new Actors(token, distributor, [ADMIN, PROPOSER, APPROVER, PAUSER, INCENTIVES]);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actors);
    }

    function invariant_Paid_is_within_the_total_and_the_total_within_the_funding() external view {
        (uint96 funded, uint96 total,,,) = distributor.state();
        assert(distributor.paidTotal() <= total);
        assert(total <= funded);
    }

    function invariant_What_was_paid_is_what_accounts_were_rewarded() external view {
        uint256 all = 0;
        for (uint256 i = 0; i < 4; ++i) all += token.rewarded(actors.payee(i));
        same(distributor.paidTotal(), all);
    }

    function invariant_Balances_sum_to_the_supply() external view {
        uint256 all = token.balanceOf(address(distributor));
        address[5] memory allocated = [SALE, RESERVE, INCENTIVES, TEAM, SOCIAL];
        for (uint256 i = 0; i < 5; ++i) all += token.balanceOf(allocated[i]);
        for (uint256 i = 0; i < 4; ++i) all += token.balanceOf(actors.payee(i));
        same(all, token.totalSupply());
    }

    function invariant_A_batch_id_is_paid_once() external view {
        for (uint256 id = 0; id < 6; ++id) assert(actors.timesPaid(bytes32(id)) <= 1);
    }

    function invariant_Sums_rise_delays_pass_and_paused_means_paused() external view {
        require(bytes(actors.broken()).length == 0, actors.broken());
    }

    /// @dev Acts drawn here and not by forge, until each kind has gone through: what the invariants watch does happen.
    function test_Every_kind_of_act_goes_through() external {
        bytes32[11] memory kinds = [
            bytes32("fund"), "propose", "approve", "claim", "propose batch", "disburse", "veto", "veto batch", "pause", "unpause", "transfer"
        ];
        uint256 missing = kinds.length;
        for (uint256 step = 0; missing > 0; ++step) {
            require(step < 5_000, "an act never goes through");
            _act(uint256(keccak256(abi.encode("act", step))));
            missing = 0;
            for (uint256 i = 0; i < kinds.length; ++i) if (actors.done(kinds[i]) == 0) ++missing;
        }
    }

    function _act(uint256 draw) private {
        uint256 value = uint256(keccak256(abi.encode(draw)));
        uint256 kind = draw % 11;
        if (kind == 0) actors.wait(uint32(value));
        if (kind == 1) actors.fundMore(uint96(value));
        if (kind == 2) actors.propose(value, value >> 128 & 1 == 1);
        if (kind == 3) actors.approve(uint32(value));
        if (kind == 4) actors.claim(value, value >> 8, address(uint160(value)));
        if (kind == 5) actors.proposeBatch(uint8(value), [uint96(value), uint96(value >> 1), uint96(value >> 2)]);
        if (kind == 6) actors.disburse(uint8(value));
        if (kind == 7) actors.veto(value >> 8 & 1 == 1, uint8(value));
        if (kind == 8) actors.pause(uint8(value));
        if (kind == 9) actors.unpause();
        if (kind == 10) actors.transferOn(value, uint96(value >> 8) % 1 ether);
    }
}
