// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRewardDistributor} from "../src/IRewardDistributor.sol";
import {Tree} from "./support/Tree.sol";
import {Vm, vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev A claim pays the leaf's account what it has not been paid yet, under the current root, and nothing else.
contract ClaimsTest is World {
    address private constant ANN = address(0xc1);
    address private constant BEN = address(0xc2);

    function setUp() external {
        deploy();
    }

    function test_A_claim_pays_the_account_and_not_the_caller() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        vm.prank(BEN);
        same(distributor.claim(ANN, 5 ether, root, none()), 5 ether);
        same(token.balanceOf(ANN), 5 ether);
        same(token.balanceOf(BEN), 0);
        same(distributor.paidTotal(), 5 ether);
    }

    function test_A_claim_is_paid_once() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        distributor.claim(ANN, 5 ether, root, none());
        refused(IRewardDistributor.NothingOwed.selector);
        distributor.claim(ANN, 5 ether, root, none());
    }

    function test_A_later_root_pays_the_difference_and_a_missed_day_costs_nothing() external {
        distributor.claim(ANN, 5 ether, settleOne(FIRST, ANN, 5 ether), none());
        settleOne(FIRST + 1, ANN, 7 ether);
        same(distributor.claim(ANN, 9 ether, settleOne(FIRST + 2, ANN, 9 ether), none()), 4 ether);
        same(token.rewarded(ANN), 9 ether);
    }

    function test_A_root_that_lowers_an_account_takes_nothing_from_it() external {
        distributor.claim(ANN, 5 ether, settleOne(FIRST, ANN, 5 ether), none());
        bytes32 lower = distributor.leafHash(ANN, 4 ether);
        settle(FIRST + 1, 6 ether, lower);
        refused(IRewardDistributor.NothingOwed.selector);
        distributor.claim(ANN, 4 ether, lower, none());
        same(token.rewarded(ANN), 5 ether);
    }

    function test_A_claim_for_another_root_says_which_one_holds() external {
        bytes32 old = settleOne(FIRST, ANN, 5 ether);
        bytes32 current = settleOne(FIRST + 1, ANN, 6 ether);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RootChanged.selector, current));
        distributor.claim(ANN, 5 ether, old, none());
    }

    function test_Nothing_can_be_claimed_before_the_first_root() external {
        refused(IRewardDistributor.InvalidProof.selector);
        distributor.claim(ANN, 5 ether, 0, none());
    }

    function testFuzz_Every_leaf_of_a_tree_is_paid_and_nothing_beside_it(uint256 seed, uint8 size) external {
        uint256 n = 1 + size % 24;
        address[] memory accounts = new address[](n);
        uint96[] memory sums = new uint96[](n);
        uint96 total = 0;
        for (uint256 i = 0; i < n; ++i) {
            accounts[i] = address(uint160(uint256(keccak256(abi.encode(seed, i)))));
            sums[i] = 1 + uint96(uint256(keccak256(abi.encode(i, seed))) % 1_000 ether);
            total += sums[i];
        }
        bytes32[] memory nodes = tree(accounts, sums);
        settle(FIRST, total, nodes[0]);
        for (uint256 i = 0; i < n; ++i) {
            bytes32[] memory proof = Tree.proof(nodes, distributor.leafHash(accounts[i], sums[i]));
            refused(IRewardDistributor.InvalidProof.selector);
            distributor.claim(accounts[i], uint256(sums[i]) + 1, nodes[0], proof);
            refused(IRewardDistributor.InvalidProof.selector);
            distributor.claim(address(this), sums[i], nodes[0], proof);
            same(distributor.claim(accounts[i], sums[i], nodes[0], proof), sums[i]);
        }
        same(distributor.paidTotal(), total);
    }

    /// @dev The sums of an inner node's two children as a leaf: what a single hash would let pass.
    function testFuzz_An_inner_node_is_no_leaf(address a, address b) external {
        bytes32[] memory nodes = new bytes32[](2);
        nodes[0] = distributor.leafHash(a, 1 ether);
        nodes[1] = distributor.leafHash(b, 2 ether);
        bytes32 root = Tree.build(nodes)[0];
        settle(FIRST, 3 ether, root);
        refused(IRewardDistributor.InvalidProof.selector);
        distributor.claim(address(uint160(uint256(nodes[0]))), uint256(nodes[1]), root, none());
    }

    function test_A_leaf_names_chain_contract_and_token() external view {
        bytes32 domain = keccak256(abi.encode(block.chainid, address(distributor), address(token)));
        same(distributor.domain(), domain);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(domain, bytes32(uint256(uint160(ANN))), uint256(5)))));
        same(distributor.leafHash(ANN, 5), leaf);
    }

    function test_A_leaf_proves_nothing_on_a_chain_that_split_off() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        vm.chainId(block.chainid + 1);
        refused(IRewardDistributor.InvalidProof.selector);
        distributor.claim(ANN, 5 ether, root, none());
    }

    function test_A_leaf_proves_nothing_to_another_distributor() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        deploy();
        settle(FIRST, 5 ether, root);
        refused(IRewardDistributor.InvalidProof.selector);
        distributor.claim(ANN, 5 ether, root, none());
    }

    /// @dev Two leaves that add up to more than the total that was approved: a wrong root cannot pay past it.
    function test_No_more_is_paid_than_the_approved_total() external {
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = distributor.leafHash(ANN, 5 ether);
        leaves[1] = distributor.leafHash(BEN, 5 ether);
        bytes32[] memory nodes = Tree.build(leaves);
        settle(FIRST, 9 ether, nodes[0]);
        distributor.claim(ANN, 5 ether, nodes[0], Tree.proof(nodes, leaves[0]));
        bytes32[] memory proof = Tree.proof(nodes, leaves[1]);
        refused(IRewardDistributor.OverTotal.selector);
        distributor.claim(BEN, 5 ether, nodes[0], proof);
    }

    function test_A_claim_is_told_by_the_tokens_event_and_the_distributors() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        distributor.claim(ANN, 5 ether, root, none());
        root = settleOne(FIRST + 1, ANN, 7 ether);
        vm.recordLogs();
        distributor.claim(ANN, 7 ether, root, none());
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 2);
        assert(logs[0].emitter == address(token) && logs[1].emitter == address(distributor));
        same(logs[0].topics[0], keccak256("Transfer(address,address,uint256)"));
        same(logs[0].topics[1], bytes32(uint256(uint160(address(distributor)))));
        same(logs[0].topics[2], bytes32(uint256(uint160(ANN))));
        same(abi.decode(logs[0].data, (uint256)), 2 ether);
        same(logs[1].topics[0], IRewardDistributor.Claimed.selector);
        same(logs[1].topics[1], bytes32(uint256(uint160(ANN))));
        same(abi.decode(logs[1].data, (uint256)), 7 ether);
    }
}
