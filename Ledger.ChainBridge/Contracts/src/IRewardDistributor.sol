// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a reward distributor is told, tells and refuses
interface IRewardDistributor {
    /// @notice What the ledger says of a window when it asks for a root.
    /// @param window The window, as days since 1970-01-01 UTC.
    /// @param total Sum over all leaves of the tree, base units: everything that was ever set aside to be claimed.
    /// @param root Root of the settled tree.
    /// @param logRoot Root of the event log when the window was sealed.
    /// @param statementDigest Digest of the window's reward statement.
    /// @param rulesetHash Hash of the ruleset the window was closed under.
    struct Proposal {
        uint24 window;
        uint96 total;
        bytes32 root;
        bytes32 logRoot;
        bytes32 statementDigest;
        bytes32 rulesetHash;
    }

    /// @notice A root waits for approval.
    /// @param window As in the proposal.
    /// @param root As in the proposal.
    /// @param total As in the proposal.
    /// @param logRoot As in the proposal.
    /// @param statementDigest As in the proposal.
    /// @param rulesetHash As in the proposal.
    /// @param readyAt Unix time from which it can be approved.
    event RootProposed(
        uint24 indexed window,
        bytes32 indexed root,
        uint96 total,
        bytes32 logRoot,
        bytes32 statementDigest,
        bytes32 rulesetHash,
        uint256 readyAt
    );

    /// @notice Claims are proven against `root` from here on.
    /// @param window The window, as days since 1970-01-01 UTC.
    /// @param root The root.
    /// @param total Sum over its leaves, base units.
    /// @param commitment Hash of the proposal it came with.
    event RootApproved(uint24 indexed window, bytes32 indexed root, uint96 total, bytes32 commitment);

    /// @notice A proposed root was refused.
    /// @param proposal The proposal's id.
    /// @param by Who refused it.
    event RootVetoed(bytes32 indexed proposal, address indexed by);

    /// @notice `account` was paid up to `cumulative` in all; the token's Transfer has what was paid now.
    /// @param account Who was paid.
    /// @param cumulative Everything it was paid, base units.
    event Claimed(address indexed account, uint256 cumulative);

    /// @notice A batch waits to be paid.
    /// @param batchId The batch's id.
    /// @param entriesHash Keccak-256 of its entries, 32 bytes each.
    /// @param readyAt Unix time from which it can be paid.
    event BatchProposed(bytes32 indexed batchId, bytes32 entriesHash, uint256 readyAt);

    /// @notice A proposed batch was refused.
    /// @param batchId The batch's id.
    /// @param by Who refused it.
    event BatchVetoed(bytes32 indexed batchId, address indexed by);

    /// @notice A batch of `count` accounts was paid `paid` base units in all; the token's Transfers have each.
    /// @param batchId The batch's id.
    /// @param count Its accounts, those that were passed over included.
    /// @param paid Base units, to all together.
    event Disbursed(bytes32 indexed batchId, uint256 count, uint256 paid);

    /// @notice `amount` came in; `funded` is everything that ever did.
    /// @param from Who gave.
    /// @param amount Base units.
    /// @param funded Base units.
    event Funded(address indexed from, uint256 amount, uint256 funded);

    /// @notice The most a root may rise the total by, per window, in whole WE.
    /// @param previousWe The cap before.
    /// @param capWe The cap from here on.
    event CapChanged(uint32 previousWe, uint32 capWe);

    /// @notice Nothing is proposed, approved or paid until {Unpaused}.
    /// @param account Who paused.
    event Paused(address account);

    /// @notice The pause is over.
    /// @param account Who ended it.
    event Unpaused(address account);

    /// @notice The token was deployed for another distributor.
    /// @param token The token that was given.
    error WrongToken(address token);
    /// @notice The veto delay must be at least a second and shorter than a day.
    /// @param delay Seconds, as given.
    error InvalidDelay(uint256 delay);
    /// @notice `account` has one of the roles already, and nobody may have two.
    /// @param account Who.
    error RolesOverlap(address account);
    /// @notice Everything is paused.
    error EnforcedPause();
    /// @notice The root of a tree without leaves cannot be approved: nothing could be claimed.
    error EmptyRoot();
    /// @notice There is a root of this window or of a later one.
    /// @param window The window that was proposed.
    /// @param last The last one that has a root.
    error WindowPassed(uint256 window, uint256 last);
    /// @notice The window has not ended yet.
    /// @param window The window that was proposed.
    error WindowNotOver(uint256 window);
    /// @notice The total is below that of the root before.
    /// @param total The proposed total, base units.
    /// @param previous That of the root before.
    error TotalFell(uint256 total, uint256 previous);
    /// @notice The total rises by more than the cap allows for the windows since the root before.
    /// @param rise Base units.
    /// @param allowed Base units.
    error OverCap(uint256 rise, uint256 allowed);
    /// @notice The total is above everything that ever came in.
    /// @param total The proposed total, base units.
    /// @param funded What came in, base units.
    error Unfunded(uint256 total, uint256 funded);
    /// @notice This is not what was proposed, or it was vetoed or replaced.
    error UnknownProposal();
    /// @notice The veto delay is not over.
    /// @param readyAt Unix time at which it is.
    error TooEarly(uint256 readyAt);
    /// @notice The root is not the one that the claim was made for; take a proof under the current one.
    /// @param root The current root.
    error RootChanged(bytes32 root);
    /// @notice The proof does not lead from the leaf to the root.
    error InvalidProof();
    /// @notice The account was paid as much already.
    /// @param account Who was to be paid.
    /// @param cumulative Up to what, base units.
    error NothingOwed(address account, uint256 cumulative);
    /// @notice Paying this would pay more than the approved total.
    /// @param left What the distributor would have left, base units.
    /// @param locked What it must keep: everything that no root has released.
    error OverTotal(uint256 left, uint256 locked);
    /// @notice A batch of this id was proposed or paid already.
    /// @param batchId The batch's id.
    error BatchKnown(bytes32 batchId);
    /// @notice A batch has 1 to {BATCH_SIZE_MAX} accounts.
    /// @param count How many it has.
    error BatchSize(uint256 count);
}
