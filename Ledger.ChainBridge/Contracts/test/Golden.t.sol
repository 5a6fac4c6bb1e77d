// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRewardDistributor} from "../src/IRewardDistributor.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev Leaves, root and proofs that the ledger made are paid by the contract, and refused with any part changed. The file is written by
/// the ledger's own tests (Ledger.Tests/ChainBridge/Contracts/RewardClaimVectorTests.cs).
contract GoldenTest is World {
    string private vector;
    bytes32 private root;
    address[] private accounts;

    function setUp() external {
        deploy();
        vector = vm.readFile("../../Ledger.Tests/Vectors/reward-claims.json");
        root = vm.parseJsonBytes32(vector, ".root");
        accounts = vm.parseJsonAddressArray(vector, ".accounts");
        settle(FIRST, uint96(vm.parseJsonUint(vector, ".total")), root);
    }

    function test_The_file_is_for_these_contracts() external view {
        same(vm.parseJsonUint(vector, ".chainId"), block.chainid);
        assert(vm.parseJsonAddress(vector, ".distributor") == address(distributor));
        assert(vm.parseJsonAddress(vector, ".token") == address(token));
        same(vm.parseJsonBytes32(vector, ".domain"), distributor.domain());
    }

    function test_Every_claim_on_file_is_paid() external {
        uint256 all = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            (uint256 sum, bytes32 leaf, bytes32[] memory proof) = _claim(i);
            same(leaf, distributor.leafHash(accounts[i], sum));
            same(distributor.claim(accounts[i], sum, root, proof), sum);
            all += sum;
        }
        same(distributor.paidTotal(), all);
        assert(accounts.length == 5);
    }

    function test_Every_bit_of_a_proof_counts() external {
        (uint256 sum,, bytes32[] memory proof) = _claim(2);
        for (uint256 step = 0; step < proof.length; ++step) {
            for (uint256 bit = 0; bit < 256; ++bit) {
                bytes32 whole = proof[step];
                proof[step] = whole ^ bytes32(1 << bit);
                _refused(accounts[2], sum, proof);
                proof[step] = whole;
            }
        }
        distributor.claim(accounts[2], sum, root, proof);
    }

    function test_Every_bit_of_account_and_sum_counts() external {
        (uint256 sum,, bytes32[] memory proof) = _claim(2);
        for (uint256 bit = 0; bit < 160; ++bit) _refused(address(uint160(accounts[2]) ^ uint160(1 << bit)), sum, proof);
        for (uint256 bit = 0; bit < 256; ++bit) _refused(accounts[2], sum ^ (1 << bit), proof);
    }

    function test_A_proof_shortened_lengthened_or_reordered_is_refused() external {
        (uint256 sum,, bytes32[] memory proof) = _claim(2);
        bytes32[] memory longer = new bytes32[](proof.length + 1);
        bytes32[] memory shorter = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
        for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = proof[i];
        _refused(accounts[2], sum, shorter);
        _refused(accounts[2], sum, longer);
        longer[proof.length] = root;
        _refused(accounts[2], sum, longer);
        (proof[0], proof[1]) = (proof[1], proof[0]);
        _refused(accounts[2], sum, proof);
    }

    function _claim(uint256 i) private view returns (uint256 sum, bytes32 leaf, bytes32[] memory proof) {
        string memory key = string.concat(".claims[", vm.toString(i), "]");
        sum = vm.parseJsonUint(vector, string.concat(key, ".cumulative"));
        leaf = vm.parseJsonBytes32(vector, string.concat(key, ".leafHash"));
        proof = vm.parseJsonBytes32Array(vector, string.concat(key, ".proof"));
    }

    function _refused(address account, uint256 sum, bytes32[] memory proof) private {
        refused(IRewardDistributor.InvalidProof.selector);
        distributor.claim(account, sum, root, proof);
    }
}
