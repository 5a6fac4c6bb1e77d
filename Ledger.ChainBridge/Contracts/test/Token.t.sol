// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {WeToken} from "../src/WeToken.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev The token: its supply is minted once into five allocations and only moves from then on; nobody but the distributor pays rewards.
contract TokenTest is World {
    address private constant ANN = address(0xc1);
    address private constant BEN = address(0xc2);

    function setUp() external {
        deploy();
    }

    function test_The_supply_is_minted_once_into_the_five_allocations() external view {
        same(token.decimals(), 18);
        same(token.totalSupply(), 1_250_000_000e18);
        same(token.balanceOf(SALE), 625_000_000e18);
        same(token.balanceOf(RESERVE), 375_000_000e18);
        same(token.balanceOf(INCENTIVES) + token.balanceOf(address(distributor)), 125_000_000e18);
        same(token.balanceOf(TEAM), 62_500_000e18);
        same(token.balanceOf(SOCIAL), 62_500_000e18);
    }

    function test_Allocations_of_one_holder_add_up() external {
        WeToken.Allocations memory to = WeToken.Allocations(ANN, ANN, ANN, ANN, ANN);
        WeToken all = WeToken(create("WeToken", abi.encode(to, distributor)));
        same(all.balanceOf(ANN), all.totalSupply());
    }

    function test_The_distributor_gets_no_allocation() external {
        refused(IERC20Errors.ERC20InvalidReceiver.selector);
        this.deployFor(TEAM);
    }

    function deployFor(address distributor_) external {
        newToken(distributor_);
    }

    function testFuzz_A_transfer_moves_exactly_its_value(uint96 value, bool toSelf) external {
        address to = toSelf ? SALE : ANN;
        uint256 before = token.balanceOf(SALE);
        if (value > before) refused(IERC20Errors.ERC20InsufficientBalance.selector);
        vm.prank(SALE);
        token.transfer(to, value);
        if (value > before) return;
        same(token.balanceOf(SALE), toSelf ? before : before - value);
        same(token.balanceOf(to), toSelf ? before : value);
        same(token.rewarded(to), 0);
    }

    function test_A_spender_takes_what_was_allowed_and_no_more() external {
        vm.prank(SALE);
        token.approve(BEN, 5);
        vm.prank(BEN);
        token.transferFrom(SALE, ANN, 5);
        same(token.balanceOf(ANN), 5);
        refused(IERC20Errors.ERC20InsufficientAllowance.selector);
        vm.prank(BEN);
        token.transferFrom(SALE, ANN, 1);
    }

    function test_A_signature_allows_once_and_in_time() external {
        uint256 key = 0xa11ce;
        address owner = vm.addr(key);
        uint256 deadline = block.timestamp + 1 hours;
        bytes32 permit = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 message = keccak256(abi.encode(permit, owner, BEN, 7, 0, deadline));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
        token.permit(owner, BEN, 7, deadline, v, r, s);
        same(token.allowance(owner, BEN), 7);
        refused(bytes4(keccak256("ERC2612InvalidSigner(address,address)")));
        token.permit(owner, BEN, 7, deadline, v, r, s);
        vm.warp(deadline + 1);
        refused(bytes4(keccak256("ERC2612ExpiredSignature(uint256)")));
        token.permit(owner, BEN, 7, deadline, v, r, s);
    }

    function test_Nobody_sends_tokens_to_the_distributor_by_accident() external {
        refused(IERC20Errors.ERC20InvalidReceiver.selector);
        vm.prank(SALE);
        token.transfer(address(distributor), 1);
    }

    function test_Only_the_distributor_pays_rewards() external {
        address[4] memory others = [SALE, ADMIN, APPROVER, address(this)];
        for (uint256 i = 0; i < others.length; ++i) {
            refused(WeToken.NotDistributor.selector);
            vm.prank(others[i]);
            token.reward(ANN, 1);
            refused(WeToken.NotDistributor.selector);
            vm.prank(others[i]);
            token.rewardMany(one(ANN, 1));
        }
    }

    function testFuzz_A_reward_pays_up_to_a_sum_that_never_falls(uint128[8] calldata sums) external {
        uint256 highest = 0;
        for (uint256 i = 0; i < sums.length; ++i) {
            uint256 sum = sums[i] % FUNDING;
            vm.prank(address(distributor));
            (uint256 paid, uint256 left) = token.reward(ANN, sum);
            same(paid, sum > highest ? sum - highest : 0);
            if (sum > highest) highest = sum;
            same(token.rewarded(ANN), highest);
            same(token.balanceOf(ANN), highest);
            same(left, FUNDING - highest);
        }
    }

    function testFuzz_A_reward_above_what_the_distributor_holds_is_refused_whole(uint256 sum) external {
        if (sum <= FUNDING) sum = type(uint256).max - sum;
        refused(IERC20Errors.ERC20InsufficientBalance.selector);
        vm.prank(address(distributor));
        token.reward(ANN, sum);
        same(token.balanceOf(ANN), 0);
    }

    function test_The_distributor_and_nobody_are_no_payees() external {
        address[2] memory no = [address(0), address(distributor)];
        for (uint256 i = 0; i < no.length; ++i) {
            refused(IERC20Errors.ERC20InvalidReceiver.selector);
            vm.prank(address(distributor));
            token.reward(no[i], 1);
        }
    }
}
