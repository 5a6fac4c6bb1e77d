// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRewardDistributor} from "../src/IRewardDistributor.sol";
import {vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @dev Each act has its key, nobody has two of them, and while paused nothing moves.
contract RolesTest is World {
    address private constant ANN = address(0xc1);
    bytes32 private constant ROOT = keccak256("root");

    bytes32 private proposer;
    bytes32 private approver;
    bytes32 private pauser;

    function setUp() external {
        deploy();
        (proposer, approver, pauser) =
            (distributor.PROPOSER_ROLE(), distributor.APPROVER_ROLE(), distributor.PAUSER_ROLE());
    }

    function test_Each_act_takes_its_own_role() external {
        address[5] memory callers = [ADMIN, PROPOSER, APPROVER, PAUSER, ANN];
        IRewardDistributor.Proposal memory p = proposal(FIRST, 1, ROOT);
        for (uint256 i = 0; i < callers.length; ++i) {
            address caller = callers[i];
            if (caller != PROPOSER) {
                _refused(caller, proposer, abi.encodeCall(distributor.propose, (p)));
                _refused(caller, proposer, abi.encodeCall(distributor.proposeBatch, ("batch", ROOT)));
            }
            if (caller != APPROVER) {
                _refused(caller, approver, abi.encodeCall(distributor.approve, (p, 0)));
                _refused(caller, approver, abi.encodeCall(distributor.disburse, ("batch", 0, one(ANN, 1))));
            }
            if (caller != PAUSER) {
                _refused(caller, pauser, abi.encodeCall(distributor.veto, (ROOT)));
                _refused(caller, pauser, abi.encodeCall(distributor.vetoBatch, ("batch")));
                _refused(caller, pauser, abi.encodeCall(distributor.pause, ()));
            }
            if (caller != ADMIN) {
                _refused(caller, 0, abi.encodeCall(distributor.unpause, ()));
                _refused(caller, 0, abi.encodeCall(distributor.setCap, (1)));
                _refused(caller, 0, abi.encodeCall(distributor.grantRole, (proposer, ANN)));
                _refused(caller, 0, abi.encodeCall(distributor.revokeRole, (proposer, PROPOSER)));
            }
        }
    }

    function test_Nobody_holds_two_roles() external {
        bytes32[3] memory roles = [proposer, approver, pauser];
        address[4] memory holders = [PROPOSER, APPROVER, PAUSER, ADMIN];
        for (uint256 role = 0; role < roles.length; ++role) {
            for (uint256 holder = 0; holder < holders.length; ++holder) {
                if (role == holder) continue;
                refused(IRewardDistributor.RolesOverlap.selector);
                vm.prank(ADMIN);
                distributor.grantRole(roles[role], holders[holder]);
            }
        }
    }

    function test_A_role_changes_hands_and_the_old_key_is_void() external {
        vm.prank(ADMIN);
        distributor.revokeRole(proposer, PROPOSER);
        vm.prank(ADMIN);
        distributor.grantRole(proposer, ANN);
        passWindow(FIRST);
        IRewardDistributor.Proposal memory p = proposal(FIRST, 1, ROOT);
        _refused(PROPOSER, proposer, abi.encodeCall(distributor.propose, (p)));
        vm.prank(ANN);
        distributor.propose(p);
    }

    function test_The_admin_hands_over_in_two_steps_and_to_no_holder_of_a_role() external {
        vm.prank(ADMIN);
        distributor.beginDefaultAdminTransfer(ANN);
        vm.warp(block.timestamp + 1 days);
        refused(bytes4(keccak256("AccessControlEnforcedDefaultAdminDelay(uint48)")));
        vm.prank(ANN);
        distributor.acceptDefaultAdminTransfer();
        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(ANN);
        distributor.acceptDefaultAdminTransfer();
        assert(distributor.defaultAdmin() == ANN);

        vm.prank(ANN);
        distributor.beginDefaultAdminTransfer(PROPOSER);
        vm.warp(block.timestamp + 2 days + 1);
        refused(IRewardDistributor.RolesOverlap.selector);
        vm.prank(PROPOSER);
        distributor.acceptDefaultAdminTransfer();
    }

    function test_While_paused_nothing_is_proposed_approved_or_paid() external {
        bytes32 root = settleOne(FIRST, ANN, 5 ether);
        passWindow(FIRST + 1);
        IRewardDistributor.Proposal memory p = proposal(FIRST + 1, 6 ether, ROOT);
        uint256 ready = propose(p);
        proposeBatch("batch", one(ANN, 1 ether));
        vm.warp(ready);
        vm.prank(PAUSER);
        distributor.pause();

        bytes4 paused = IRewardDistributor.EnforcedPause.selector;
        refused(paused);
        propose(p);
        refused(paused);
        approve(p, ready);
        refused(paused);
        proposeBatch("other", one(ANN, 1 ether));
        refused(paused);
        disburse("batch", ready, one(ANN, 1 ether));
        refused(paused);
        distributor.claim(ANN, 5 ether, root, none());

        vm.prank(ADMIN);
        distributor.unpause();
        distributor.claim(ANN, 5 ether, root, none());
        approve(p, ready);
    }

    function test_Vetoes_pass_while_paused() external {
        passWindow(FIRST);
        propose(proposal(FIRST, 1, ROOT));
        proposeBatch("batch", one(ANN, 1));
        bytes32 id = distributor.proposal();
        vm.startPrank(PAUSER);
        distributor.pause();
        distributor.veto(id);
        distributor.vetoBatch("batch");
        vm.stopPrank();
    }

    function _refused(address caller, bytes32 role, bytes memory call) private {
        vm.prank(caller);
        (bool ok, bytes memory said) = address(distributor).call(call);
        assert(!ok);
        same(
            keccak256(said),
            keccak256(abi.encodeWithSignature("AccessControlUnauthorizedAccount(address,bytes32)", caller, role))
        );
    }
}
