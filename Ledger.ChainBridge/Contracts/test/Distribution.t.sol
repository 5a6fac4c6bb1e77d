// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RewardDistributor} from "../src/RewardDistributor.sol";
import {Tree} from "./support/Tree.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev From a proposal to a payment: what is paid, to whom, and that it is paid once.
contract DistributionTest is World {
    address private constant ANN = address(0xc1);
    address private constant BEN = address(0xc2);

    function setUp() external {
        deploy();
    }

    function test_A_claim_pays_the_account_and_not_the_caller() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        vm.prank(BEN);
        uint256 paid = distributor.claim(ANN, 5 ether, root, new bytes32[](0));
        assert(paid == 5 ether);
        assert(token.balanceOf(ANN) == 5 ether);
        assert(token.balanceOf(BEN) == 0);
        assert(distributor.paidTotal() == 5 ether);
    }

    function test_Push_and_claim_share_one_account_of_what_was_paid() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        uint256[] memory entries = new uint256[](1);
        entries[0] = entry(ANN, 3 ether);
        assert(push("batch", entries) == 3 ether);
        assert(distributor.claim(ANN, 5 ether, root, new bytes32[](0)) == 2 ether);
        assert(push("again", entries) == 0);
        assert(token.balanceOf(ANN) == 5 ether);
    }
}
