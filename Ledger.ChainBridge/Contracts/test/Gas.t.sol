// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IRewardDistributor} from "../src/IRewardDistributor.sol";
import {DisperseStyle} from "./peers/DisperseStyle.sol";
import {GasliteStyleDrop} from "./peers/GasliteStyleDrop.sol";
import {PlainToken} from "./peers/PlainToken.sol";
import {Floor} from "./support/Floor.sol";
import {Tree} from "./support/Tree.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

interface IUniswapDistributor {
    function claim(uint256 index, address account, uint256 amount, bytes32[] calldata proof) external;
}

/// @dev What the two ways to a holder cost, each call a transaction of its own with intrinsic gas and calldata, less refunds. Every
/// figure is compared with snapshots/Gas.json to the unit, and the promised ones with their bounds here.
/// forge-config: default.isolate = true
contract GasTest is World {
    uint96 private constant SUM = 1_234_567_890_123_456_789_012;
    uint256 private constant PUSHED = 500;
    uint256 private constant CLAIMS = 64;

    function setUp() external {
        deploy();
    }

    function test_A_root_costs_at_most_85000_proposed_and_approved() external {
        (uint256 proposedFirst, uint256 approvedFirst) = _root(FIRST, 1_000 ether);
        (uint256 proposed, uint256 approved) = _root(FIRST + 1, 2_000 ether);
        _record("root first propose", proposedFirst);
        _record("root first approve", approvedFirst);
        _record("root propose", proposed);
        _record("root approve", approved);
        assert(proposed + approved <= 85_000);
    }

    function test_A_claim_among_a_million_leaves_is_within_a_tenth_of_the_floor() external {
        (uint256 first, uint256 firstFloor) = _claim(FIRST, SUM, Floor.FIRST_WRITE);
        (uint256 second, uint256 secondFloor) = _claim(FIRST + 1, 2 * SUM, Floor.CHANGE);
        _record("claim first", first);
        _record("claim first floor", firstFloor);
        _record("claim second", second);
        _record("claim second floor", secondFloor);
        assert(first * 100 <= firstFloor * 110);
        assert(second * 100 <= secondFloor * 110);
        assert(second < 78_600);
    }

    function test_A_claim_costs_less_than_one_at_the_peer() external {
        (uint256 second,) = _secondClaim();
        uint256 peer = _uniswapAverage();
        _record("peer uniswap claim average", peer);
        assert(second < peer);
    }

    function test_A_push_is_within_a_twelfth_of_the_floor_and_below_the_peers() external {
        settle(FIRST, uint96(PUSHED) * SUM, keccak256("root"));
        uint256[] memory entries = new uint256[](PUSHED);
        for (uint256 i = 0; i < PUSHED; ++i) entries[i] = entry(_someone(i), SUM);

        vm.prank(PROPOSER);
        uint256 readyAt = distributor.proposeBatch("batch", keccak256(abi.encodePacked(entries)));
        uint256 proposing = _used();
        vm.warp(readyAt);
        vm.prank(APPROVER);
        distributor.disburse("batch", readyAt, entries);
        uint256 each = (proposing + _used()) / PUSHED;

        bytes memory data = abi.encodePacked(entries);
        uint256 floor = Floor.callData(data) / PUSHED + Floor.FIRST_WRITE + Floor.log(3, 1) + Floor.keccak(2);
        uint256 gaslite = _gaslite() / PUSHED;
        uint256 disperse = _disperse() / PUSHED;
        _record("push each", each);
        _record("push each floor", floor);
        _record("peer gaslite each", gaslite);
        _record("peer disperse each", disperse);
        assert(each * 100 <= floor * 108);
        assert(each < gaslite && each < 25_542);
        assert(each < disperse && each < 26_342);
    }

    function _root(uint24 window, uint96 total) private returns (uint256 proposed, uint256 approved) {
        vm.warp((uint256(window) + 1) * 1 days);
        IRewardDistributor.Proposal memory p = proposal(window, total, keccak256(abi.encode(window)));
        vm.prank(PROPOSER);
        uint256 readyAt = distributor.propose(p);
        proposed = _used();
        vm.warp(readyAt);
        vm.prank(APPROVER);
        distributor.approve(p, readyAt);
        approved = _used();
    }

    /// @dev 20 siblings: the longest proof of a tree with 1,000,000 leaves.
    function _claim(uint24 window, uint96 sum, uint256 accountWrite) private returns (uint256 used, uint256 floor) {
        address account = _someone(1);
        (bytes32 root, bytes32[] memory proof) = _path(distributor.leafHash(account, sum), 20);
        settle(window, sum, root);
        distributor.claim(account, sum, root, proof);
        used = _used();

        bytes memory data = abi.encodeCall(distributor.claim, (account, sum, root, proof));
        floor = Floor.INTRINSIC + Floor.callData(data);
        floor += 2 * Floor.COLD_READ; // the root; pause and funding
        floor += Floor.COLD_CALL + accountWrite + Floor.CHANGE; // the token: the account, the distributor
        floor += Floor.log(3, 1) + Floor.log(2, 1); // Transfer, Claimed
        floor += Floor.keccak(3) + Floor.keccak(1) + 20 * Floor.keccak(2) + 2 * Floor.keccak(2); // leaf, nodes, the places of two accounts
        if (floor < Floor.dataHeavy(data)) floor = Floor.dataHeavy(data);
    }

    function _secondClaim() private returns (uint256 used, uint256 floor) {
        _claim(FIRST, SUM, Floor.FIRST_WRITE);
        return _claim(FIRST + 1, 2 * SUM, Floor.CHANGE);
    }

    /// @dev Their bytecode from npm, a run of claims in order to accounts that hold nothing, under proofs of 17 siblings: 100,000 leaves.
    function _uniswapAverage() private returns (uint256 average) {
        IERC20 plain = new PlainToken(address(this));
        bytes32[] memory leaves = new bytes32[](CLAIMS);
        for (uint256 i = 0; i < CLAIMS; ++i) leaves[i] = keccak256(abi.encodePacked(i, _someone(i), uint256(SUM)));
        bytes32[] memory nodes = Tree.build(leaves);
        (bytes32 root, bytes32[] memory above) = _path(nodes[0], 17 - 6);

        string memory build = vm.readFile("node_modules/@uniswap/merkle-distributor/build/MerkleDistributor.json");
        bytes memory code = vm.parseBytes(string.concat("0x", vm.parseJsonString(build, ".bytecode")));
        IUniswapDistributor peer = IUniswapDistributor(_create(bytes.concat(code, abi.encode(plain, root))));
        plain.transfer(address(peer), CLAIMS * SUM);
        for (uint256 i = 0; i < CLAIMS; ++i) {
            peer.claim(i, _someone(i), SUM, _join(Tree.proof(nodes, leaves[i]), above));
            average += _used();
        }
        assert(plain.balanceOf(_someone(CLAIMS - 1)) == SUM);
        average /= CLAIMS;
    }

    function _create(bytes memory code) private returns (address peer) {
        assembly ("memory-safe") {
            peer := create(0, add(code, 32), mload(code))
        }
        assert(peer != address(0));
    }

    function _join(bytes32[] memory low, bytes32[] memory high) private pure returns (bytes32[] memory joined) {
        joined = new bytes32[](low.length + high.length);
        for (uint256 i = 0; i < low.length; ++i) joined[i] = low[i];
        for (uint256 i = 0; i < high.length; ++i) joined[low.length + i] = high[i];
    }

    function _gaslite() private returns (uint256) {
        GasliteStyleDrop drop = new GasliteStyleDrop();
        IERC20 plain = new PlainToken(address(this));
        (address[] memory to, uint256[] memory amounts) = _list();
        plain.approve(address(drop), type(uint256).max);
        drop.airdropERC20(address(plain), to, amounts, PUSHED * SUM);
        uint256 used = _used();
        assert(plain.balanceOf(_someone(PUSHED - 1)) == SUM);
        return used;
    }

    function _disperse() private returns (uint256) {
        DisperseStyle disperse = new DisperseStyle();
        IERC20 plain = new PlainToken(address(this));
        (address[] memory to, uint256[] memory amounts) = _list();
        plain.approve(address(disperse), type(uint256).max);
        disperse.disperseToken(plain, to, amounts);
        uint256 used = _used();
        assert(plain.balanceOf(_someone(PUSHED - 1)) == SUM);
        return used;
    }

    function _list() private pure returns (address[] memory to, uint256[] memory amounts) {
        to = new address[](PUSHED);
        amounts = new uint256[](PUSHED);
        for (uint256 i = 0; i < PUSHED; ++i) (to[i], amounts[i]) = (_someone(i), SUM);
    }

    function _path(bytes32 leaf, uint256 depth) private pure returns (bytes32 root, bytes32[] memory proof) {
        proof = new bytes32[](depth);
        root = leaf;
        for (uint256 i = 0; i < depth; ++i) {
            proof[i] = keccak256(abi.encode("sibling", leaf, i));
            root = Tree.hashPair(root, proof[i]);
        }
    }

    function _someone(uint256 i) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("someone", i)))));
    }

    function _used() private view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }

    function _record(string memory name, uint256 gas) private {
        vm.snapshotValue("Gas", name, gas);
    }
}
