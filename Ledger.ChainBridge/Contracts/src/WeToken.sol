// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title WE, the community's token
/// @notice An ERC-20 with permit. The whole supply is minted once, into the white paper's five allocations; nothing can mint, burn,
/// pause or upgrade afterwards.
/// @dev An account's balance and everything it was ever rewarded share one storage slot, so that a reward writes one slot and not two.
/// Only the distributor can pay rewards, and only out of its own balance. Invariant: the balances sum to the supply.
contract WeToken is ERC20Permit {
    /// @notice Who receives which part of the supply.
    /// @param tokenSale 50 %: 625,000,000 WE.
    /// @param reserve 30 %: 375,000,000 WE.
    /// @param incentiveFund 10 %: 125,000,000 WE, what rewards are funded from.
    /// @param foundingTeam 5 %: 62,500,000 WE.
    /// @param socialCommunity 5 %: 62,500,000 WE.
    struct Allocations {
        address tokenSale;
        address reserve;
        address incentiveFund;
        address foundingTeam;
        address socialCommunity;
    }

    /// @dev Both in base units. The supply is below 2^91; `rewarded` may pass it only by tokens that were rewarded more than once.
    struct Account {
        uint128 balance;
        uint128 rewarded;
    }

    /// @notice The one contract that may pay rewards.
    address public immutable distributor;

    uint256 private constant SUPPLY = 1_250_000_000 ether;

    mapping(address account => Account) private _accounts;

    /// @notice Someone other than the distributor asked for a reward to be paid.
    error NotDistributor(address caller);

    /// @notice Mints the supply into the allocations.
    /// @param to The allocations' holders; none may be zero or the distributor, several may be the same.
    /// @param distributor_ Address at which the distributor is going to be deployed.
    constructor(Allocations memory to, address distributor_) ERC20("WE Token", "WE") ERC20Permit("WE Token") {
        distributor = distributor_;
        _mint(to.tokenSale, 625_000_000 ether);
        _mint(to.reserve, 375_000_000 ether);
        _mint(to.incentiveFund, 125_000_000 ether);
        _mint(to.foundingTeam, 62_500_000 ether);
        _mint(to.socialCommunity, 62_500_000 ether);
    }

    modifier onlyDistributor() {
        if (msg.sender != distributor) revert NotDistributor(msg.sender);
        _;
    }

    /// @notice The whole supply, 1,250,000,000 WE in base units; it never changes.
    function totalSupply() public pure override returns (uint256) {
        return SUPPLY;
    }

    /// @notice What `account` holds, in base units.
    /// @param account Whose balance.
    function balanceOf(address account) public view override returns (uint256) {
        return _accounts[account].balance;
    }

    /// @notice Everything `account` was ever paid as a reward, by claim or by push, in base units. Never falls.
    /// @param account Whose rewards.
    function rewarded(address account) external view returns (uint256) {
        return _accounts[account].rewarded;
    }

    /// @notice Pays `account` up to `cumulative` in all, out of the distributor's balance. Only the distributor may call this.
    /// @param account Who is paid.
    /// @param cumulative Everything the account is to have been rewarded afterwards, base units, below 2^128.
    /// @return paid What was paid now; zero if the account had as much already.
    /// @return left The distributor's balance afterwards.
    function reward(address account, uint256 cumulative) external onlyDistributor returns (uint256 paid, uint256 left) {
        paid = _credit(account, cumulative);
        left = _debit(paid);
    }

    /// @notice Pays many accounts as {reward} pays one; an account that had as much already is passed over.
    /// @param entries Each an account in the upper 160 bits and its cumulative reward in the lower 96.
    /// @return paid What was paid now, to all together.
    /// @return left The distributor's balance afterwards.
    function rewardMany(uint256[] calldata entries) external onlyDistributor returns (uint256 paid, uint256 left) {
        // Cannot overflow: fewer than 2^160 entries of less than 2^96 each.
        unchecked {
            for (uint256 i = 0; i < entries.length; ++i) {
                uint256 entry = entries[i];
                paid += _credit(address(uint160(entry >> 96)), uint96(entry));
            }
        }
        left = _debit(paid);
    }

    /// @dev The distributor may not pay itself: its balance is written once, after all credits.
    function _credit(address account, uint256 cumulative) private returns (uint256 paid) {
        if (account == address(0) || account == distributor) revert ERC20InvalidReceiver(account);
        Account storage slot = _accounts[account];
        Account memory before = slot;
        if (cumulative <= before.rewarded) return 0;
        paid = cumulative - before.rewarded;
        // Checked: what does not fit 128 bits is far above what the distributor can hold, and is refused here.
        uint256 balance = before.balance + paid;
        if (balance > type(uint128).max || cumulative > type(uint128).max) revert ERC20InsufficientBalance(distributor, 0, paid);
        _accounts[account] = Account(uint128(balance), uint128(cumulative));
        emit Transfer(distributor, account, paid);
    }

    function _debit(uint256 paid) private returns (uint256 left) {
        uint256 balance = _accounts[distributor].balance;
        if (balance < paid) revert ERC20InsufficientBalance(distributor, balance, paid);
        unchecked {
            left = balance - paid;
        }
        _accounts[distributor].balance = uint128(left);
    }

    /// @dev Replaces the base contract's books. Nothing is minted after construction and nothing burnt. Tokens come to the distributor
    /// by its own hand only, so that what it was funded with is known to the base unit.
    function _update(address from, address to, uint256 value) internal override {
        if (to == distributor && msg.sender != distributor) revert ERC20InvalidReceiver(to);
        if (from != address(0)) {
            uint256 balance = _accounts[from].balance;
            if (balance < value) revert ERC20InsufficientBalance(from, balance, value);
            unchecked {
                _accounts[from].balance = uint128(balance - value);
            }
        }
        // Cannot overflow: value is part of the supply, and so is every balance.
        unchecked {
            _accounts[to].balance += uint128(value);
        }
        emit Transfer(from, to, value);
    }
}
