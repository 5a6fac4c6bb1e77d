// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Books} from "./Books.sol";
import {IRewardDistributor} from "./IRewardDistributor.sol";
import {WeToken} from "./WeToken.sol";

/// @title Pays the rewards that the ledger computed
/// @notice Each window a root over everything ever earned is proposed by one key and approved by another after a delay in which a third
/// may veto it. Under an approved root anyone may claim for any account, and the tokens go to that account; or a batch of accounts is
/// paid at once. Both pay up to a cumulative amount that the token remembers, so nothing is paid twice.
/// @dev Invariants: what was paid ≤ the approved total ≤ what was funded; the distributor's balance is what was funded less what was
/// paid. Not upgradeable. The token calls nobody back.
contract RewardDistributor is IRewardDistributor, AccessControlDefaultAdminRules {
    /// @notice May propose roots and batches.
    bytes32 public constant PROPOSER_ROLE = keccak256("PROPOSER_ROLE");

    /// @notice May approve roots and pay batches, after the delay.
    bytes32 public constant APPROVER_ROLE = keccak256("APPROVER_ROLE");

    /// @notice May veto what is proposed, and pause everything.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    /// @notice Most accounts of one batch: what fits one transaction's gas limit of 2^24 (EIP-7825), with room to spare.
    uint256 public constant BATCH_SIZE_MAX = 600;

    /// @notice The token that rewards are paid in.
    WeToken public immutable token;

    /// @notice Seconds between a proposal and the first moment it can be approved.
    uint256 public immutable vetoDelay;

    /// @notice The root that claims are proven against; zero until the first is approved.
    bytes32 public root;

    /// @notice Hash of the proposal that the root came with, see {commitmentOf}.
    bytes32 public commitment;

    /// @notice The last proposal, see {proposalId}; pending as long as it was neither approved nor vetoed. Zero after a veto.
    bytes32 public proposal;

    /// @notice What became of a batch: zero if unknown or vetoed, {PAID} if paid, otherwise what was proposed, see {batchContent}.
    mapping(bytes32 batchId => bytes32) public batches;

    /// @notice What {batches} holds for a batch that was paid.
    bytes32 public constant PAID = bytes32(uint256(1));

    /// @dev How long a window is and how often there is a root: a veto must be possible before the next one is due.
    uint256 private constant ROOT_INTERVAL = 1 days;

    uint256 private immutable _chainId;
    bytes32 private immutable _domain;

    Books private _books;

    /// @notice Deploys the distributor that `token_` was made for.
    /// @param token_ The token; its distributor is this contract.
    /// @param admin Changes roles and cap, ends a pause. Give it to a multisig behind a timelock.
    /// @param adminDelay Seconds that the admin's own succession takes.
    /// @param proposer First holder of {PROPOSER_ROLE}.
    /// @param approver First holder of {APPROVER_ROLE}.
    /// @param pauser First holder of {PAUSER_ROLE}.
    /// @param vetoDelay_ Seconds from a proposal to its approval, 1 to 86,399.
    /// @param capWe Whole WE by which a root may rise the total, per window.
    /// @param firstWindow The first window that counts for the cap, as days since 1970-01-01 UTC; 1 or more.
    constructor(
        WeToken token_,
        address admin,
        uint48 adminDelay,
        address proposer,
        address approver,
        address pauser,
        uint256 vetoDelay_,
        uint32 capWe,
        uint24 firstWindow
    ) AccessControlDefaultAdminRules(adminDelay, admin) {
        if (token_.distributor() != address(this)) revert WrongToken(address(token_));
        if (vetoDelay_ == 0 || vetoDelay_ >= ROOT_INTERVAL) revert InvalidDelay(vetoDelay_);
        token = token_;
        vetoDelay = vetoDelay_;
        _chainId = block.chainid;
        _domain = _domainOn(block.chainid);
        _books = _books.withRoot(firstWindow - 1, 0).withCapWe(capWe);
        emit CapChanged(0, capWe);
        _grantRole(PROPOSER_ROLE, proposer);
        _grantRole(APPROVER_ROLE, approver);
        _grantRole(PAUSER_ROLE, pauser);
    }

    /// @notice Proposes a window's root; it replaces a proposal that still waits, and the delay begins anew.
    /// @param p What the ledger says of the window.
    /// @return readyAt Unix time from which it can be approved.
    function propose(Proposal calldata p) external onlyRole(PROPOSER_ROLE) returns (uint256 readyAt) {
        _check(p);
        readyAt = block.timestamp + vetoDelay;
        proposal = proposalId(p, readyAt);
        emit RootProposed(p.window, p.root, p.total, p.logRoot, p.statementDigest, p.rulesetHash, readyAt);
    }

    /// @notice Makes a proposed root the current one, once its delay is over.
    /// @param p Exactly what was proposed.
    /// @param readyAt What {propose} answered.
    function approve(Proposal calldata p, uint256 readyAt) external onlyRole(APPROVER_ROLE) {
        Books books = _check(p);
        bytes32 commitment_ = commitmentOf(p);
        if (proposal != _bound(commitment_, readyAt)) revert UnknownProposal();
        if (block.timestamp < readyAt) revert TooEarly(readyAt);
        _books = books.withRoot(p.window, p.total);
        root = p.root;
        commitment = commitment_;
        emit RootApproved(p.window, p.root, p.total, commitment_);
    }

    /// @notice Refuses the root that waits for approval.
    /// @param id The proposal's id, so that no other is hit.
    function veto(bytes32 id) external onlyRole(PAUSER_ROLE) {
        if (id == 0 || proposal != id) revert UnknownProposal();
        proposal = 0;
        emit RootVetoed(id, msg.sender);
    }

    /// @notice Pays `account` what it has earned and was not paid yet. Anyone may call this for anyone.
    /// @param account Who is paid.
    /// @param cumulative Everything the account ever earned, as its leaf has it.
    /// @param expectedRoot The root that the proof is for.
    /// @param proof The siblings from the leaf up.
    /// @return paid What was paid, base units.
    function claim(address account, uint256 cumulative, bytes32 expectedRoot, bytes32[] calldata proof)
        external
        returns (uint256 paid)
    {
        Books books = _unpaused();
        if (root != expectedRoot) revert RootChanged(root);
        if (!MerkleProof.verifyCalldata(proof, expectedRoot, leafHash(account, cumulative))) revert InvalidProof();
        uint256 left;
        (paid, left) = token.reward(account, cumulative);
        if (paid == 0) revert NothingOwed(account, cumulative);
        _checkLeft(books, left);
        emit Claimed(account, cumulative);
    }

    /// @notice Proposes to pay a batch of accounts.
    /// @param batchId The batch's id, whatever the ledger chose; one id is paid once.
    /// @param entriesHash Keccak-256 of the entries, 32 bytes each.
    /// @return readyAt Unix time from which it can be paid.
    function proposeBatch(bytes32 batchId, bytes32 entriesHash)
        external
        onlyRole(PROPOSER_ROLE)
        returns (uint256 readyAt)
    {
        _unpaused();
        if (batches[batchId] != 0) revert BatchKnown(batchId);
        readyAt = block.timestamp + vetoDelay;
        batches[batchId] = _bound(entriesHash, readyAt);
        emit BatchProposed(batchId, entriesHash, readyAt);
    }

    /// @notice Pays a proposed batch, once its delay is over. An account that has been paid as much already is passed over.
    /// @param batchId The batch's id.
    /// @param readyAt What {proposeBatch} answered.
    /// @param entries Each an account in the upper 160 bits and everything it ever earned, in base units, in the lower 96.
    /// @return paid What was paid to all together, base units.
    function disburse(bytes32 batchId, uint256 readyAt, uint256[] calldata entries)
        external
        onlyRole(APPROVER_ROLE)
        returns (uint256 paid)
    {
        Books books = _unpaused();
        if (entries.length == 0 || entries.length > BATCH_SIZE_MAX) revert BatchSize(entries.length);
        bytes32 proposed = batches[batchId];
        if (proposed == PAID) revert BatchKnown(batchId);
        if (proposed != _bound(keccak256(abi.encodePacked(entries)), readyAt)) revert UnknownProposal();
        if (block.timestamp < readyAt) revert TooEarly(readyAt);
        batches[batchId] = PAID;
        uint256 left;
        (paid, left) = token.rewardMany(entries);
        _checkLeft(books, left);
        emit Disbursed(batchId, entries.length, paid);
    }

    /// @notice Refuses a batch that waits to be paid; its id may be proposed again.
    /// @param batchId The batch's id.
    function vetoBatch(bytes32 batchId) external onlyRole(PAUSER_ROLE) {
        bytes32 proposed = batches[batchId];
        if (proposed == 0) revert UnknownProposal();
        if (proposed == PAID) revert BatchKnown(batchId);
        batches[batchId] = 0;
        emit BatchVetoed(batchId, msg.sender);
    }

    /// @notice Takes `amount` from the caller, who has allowed it to this contract, for rewards. There is no way back but through them.
    /// @param amount Base units.
    function fund(uint96 amount) external {
        // Checked: 2^96 is 63 times the supply, should it ever come in so often.
        uint96 funded = uint96(_books.funded()) + amount;
        _books = _books.withFunded(funded);
        token.transferFrom(msg.sender, address(this), amount);
        emit Funded(msg.sender, amount, funded);
    }

    /// @notice Changes the most that a root may rise the total by, per window.
    /// @param capWe Whole WE.
    function setCap(uint32 capWe) external onlyRole(DEFAULT_ADMIN_ROLE) {
        emit CapChanged(uint32(_books.capWe()), capWe);
        _books = _books.withCapWe(capWe);
    }

    /// @notice Stops every proposal, approval and payment; vetoes stay possible.
    function pause() external onlyRole(PAUSER_ROLE) {
        _books = _books.withPaused(true);
        emit Paused(msg.sender);
    }

    /// @notice Ends a pause. What paused may not do this.
    function unpause() external onlyRole(DEFAULT_ADMIN_ROLE) {
        _books = _books.withPaused(false);
        emit Unpaused(msg.sender);
    }

    /// @notice Where this distributor stands.
    /// @return funded Everything that ever came in, base units.
    /// @return total The current root's total, base units.
    /// @return capWe The most a root may rise the total by, per window, whole WE.
    /// @return window The last window that has a root.
    /// @return paused Whether everything is paused.
    function state() external view returns (uint96 funded, uint96 total, uint32 capWe, uint24 window, bool paused) {
        Books b = _books;
        return (uint96(b.funded()), uint96(b.total()), uint32(b.capWe()), uint24(b.window()), b.paused());
    }

    /// @notice Everything that was ever paid, by claim or by push, base units.
    /// @return Base units.
    function paidTotal() external view returns (uint256) {
        return _books.funded() - token.balanceOf(address(this));
    }

    /// @notice What binds a leaf to this chain, this contract and its token: keccak256(abi.encode(chainId, distributor, token)).
    /// @return The first of a leaf's three words.
    function domain() public view returns (bytes32) {
        // A chain that splits off gets a domain of its own, and the leaves made before prove nothing there.
        return block.chainid == _chainId ? _domain : _domainOn(block.chainid);
    }

    /// @notice The leaf of an account: keccak256(keccak256(abi.encode(domain, account, cumulative))).
    /// @param account The payee.
    /// @param cumulative Everything it ever earned, base units.
    /// @return What a proof leads from.
    function leafHash(address account, uint256 cumulative) public view returns (bytes32) {
        return _hash(keccak256(abi.encode(domain(), account, cumulative)));
    }

    /// @notice What {commitment} holds for a proposal: keccak256(abi.encode(p)), over its six words.
    /// @param p The proposal.
    /// @return hash The hash.
    function commitmentOf(Proposal calldata p) public pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, p, 192)
            hash := keccak256(at, 192)
        }
    }

    /// @notice What {proposal} holds for a proposal: keccak256(abi.encode(commitment, readyAt)).
    /// @param p The proposal.
    /// @param readyAt Unix time from which it can be approved.
    /// @return The id.
    function proposalId(Proposal calldata p, uint256 readyAt) public pure returns (bytes32) {
        return _bound(commitmentOf(p), readyAt);
    }

    /// @dev Nobody holds two of the roles, the admin's included, so that no key alone can do what takes two.
    function _grantRole(bytes32 role, address account) internal override returns (bool) {
        if (
            (role != PROPOSER_ROLE && hasRole(PROPOSER_ROLE, account))
                || (role != APPROVER_ROLE && hasRole(APPROVER_ROLE, account))
                || (role != PAUSER_ROLE && hasRole(PAUSER_ROLE, account))
                || (role != DEFAULT_ADMIN_ROLE && hasRole(DEFAULT_ADMIN_ROLE, account))
        ) revert RolesOverlap(account);
        return super._grantRole(role, account);
    }

    /// @dev Checked at the proposal, to say no early, and at the approval, because funding, cap and pause may have changed.
    function _check(Proposal calldata p) private view returns (Books books) {
        books = _unpaused();
        uint256 window = p.window;
        uint256 last = books.window();
        uint256 total = p.total;
        uint256 previous = books.total();
        if (p.root == 0) revert EmptyRoot();
        if (window <= last) revert WindowPassed(window, last);
        if (total < previous) revert TotalFell(total, previous);
        // Cannot overflow: windows have 24 bits, totals 96, the cap 32.
        unchecked {
            if (block.timestamp < (window + 1) * ROOT_INTERVAL) revert WindowNotOver(window);
            uint256 allowed = books.capWe() * 1 ether * (window - last);
            if (total - previous > allowed) revert OverCap(total - previous, allowed);
        }
        if (total > books.funded()) revert Unfunded(total, books.funded());
    }

    function _unpaused() private view returns (Books books) {
        books = _books;
        if (books.paused()) revert EnforcedPause();
    }

    /// @dev What no root has released stays: paid ≤ total, because balance + paid = funded.
    function _checkLeft(Books books, uint256 left) private pure {
        uint256 locked = books.funded() - books.total();
        if (left < locked) revert OverTotal(left, locked);
    }

    function _domainOn(uint256 chainId) private view returns (bytes32) {
        return keccak256(abi.encode(chainId, address(this), address(token)));
    }

    function _bound(bytes32 content, uint256 readyAt) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0x00, content)
            mstore(0x20, readyAt)
            hash := keccak256(0x00, 0x40)
        }
    }

    function _hash(bytes32 word) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0x00, word)
            hash := keccak256(0x00, 0x20)
        }
    }
}
