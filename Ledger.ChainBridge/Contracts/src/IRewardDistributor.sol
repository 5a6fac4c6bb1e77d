// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a reward distributor is told, tells and refuses
interface IRewardDistributor {
    /// @notice What the ledger says of a window when it asks for a root.
    /// @param window The window, as days since 1970-01-01 UTC.
    /// @param total Sum over all leaves of the tree, base units: everything ever earned.
    /// @param root Root of the reward tree.
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
    event RootApproved(uint24 indexed window, bytes32 indexed root, uint96 total, bytes32 commitment);

    /// @notice A proposed root was refused.
    event RootVetoed(bytes32 indexed proposal, address indexed by);

    /// @notice `account` was paid up to `cumulative` in all; the token's Transfer has what was paid now.
    event Claimed(address indexed account, uint256 cumulative);

    /// @notice A batch waits to be paid.
    event BatchProposed(bytes32 indexed batchId, bytes32 entriesHash, uint256 readyAt);

    /// @notice A proposed batch was refused.
    event BatchVetoed(bytes32 indexed batchId, address indexed by);

    /// @notice A batch of `count` accounts was paid `paid` base units in all; the token's Transfers have each.
    event Disbursed(bytes32 indexed batchId, uint256 count, uint256 paid);

    /// @notice `amount` came in; `funded` is everything that ever did.
    event Funded(address indexed from, uint256 amount, uint256 funded);

    /// @notice The most a root may rise the total by, per window, in whole WE.
    event CapChanged(uint32 previousWe, uint32 capWe);

    /// @notice Nothing is proposed, approved or paid until {Unpaused}.
    event Paused(address account);

    /// @notice The pause is over.
    event Unpaused(address account);

    /// @notice The token was deployed for another distributor.
    error WrongToken(address token);
    /// @notice The veto delay must be at least a second and shorter than a day.
    error InvalidDelay(uint256 delay);
    /// @notice `account` has one of the roles already, and nobody may have two.
    error RolesOverlap(address account);
    /// @notice Everything is paused.
    error EnforcedPause();
    /// @notice The root of a tree without leaves cannot be approved: nothing could be claimed.
    error EmptyRoot();
    /// @notice There is a root of this window or of a later one.
    error WindowPassed(uint256 window, uint256 last);
    /// @notice The window has not ended yet.
    error WindowNotOver(uint256 window);
    /// @notice The total is below that of the root before.
    error TotalFell(uint256 total, uint256 previous);
    /// @notice The total rises by more than the cap allows for the windows since the root before.
    error OverCap(uint256 rise, uint256 allowed);
    /// @notice The total is above everything that ever came in.
    error Unfunded(uint256 total, uint256 funded);
    /// @notice This is not what was proposed, or it was vetoed or replaced.
    error UnknownProposal();
    /// @notice The veto delay is not over.
    error TooEarly(uint256 readyAt);
    /// @notice The root is not the one that the claim was made for; take a proof under the current one.
    error RootChanged(bytes32 root);
    /// @notice The proof does not lead from the leaf to the root.
    error InvalidProof();
    /// @notice The account was paid as much already.
    error NothingOwed(address account, uint256 cumulative);
    /// @notice Paying this would pay more than the approved total.
    error OverTotal(uint256 left, uint256 locked);
    /// @notice A batch of this id was proposed or paid already.
    error BatchKnown(bytes32 batchId);
    /// @notice A batch has 1 to {BATCH_SIZE_MAX} accounts.
    error BatchSize(uint256 count);
}
