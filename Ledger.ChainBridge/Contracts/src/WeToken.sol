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

    /// @notice The one contract that may pay rewards.
    address public immutable distributor;

    uint256 private constant SUPPLY = 1_250_000_000 ether;

    /// @dev The lower half of an account's word, its balance, and how far up the other half is: everything it was ever rewarded.
    uint256 private constant BALANCE = type(uint128).max;
    uint256 private constant REWARDED_AT = 128;

    /// @dev Neither half can overflow. Balances are parts of the supply, which is below 2^91, and a reward is as well: so many rewards as
    /// would fill the upper half, 2^37 times the whole supply, no chain has room for.
    mapping(address account => uint256) private _accounts;

    /// @notice Someone other than the distributor asked for a reward to be paid.
    /// @param caller Who.
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
    /// @return Base units.
    function totalSupply() public pure override returns (uint256) {
        return SUPPLY;
    }

    /// @notice What `account` holds, in base units.
    /// @param account Whose balance.
    /// @return Base units.
    function balanceOf(address account) public view override returns (uint256) {
        return _accounts[account] & BALANCE;
    }

    /// @notice Everything `account` was ever paid as a reward, by claim or by push, in base units. Never falls.
    /// @param account Whose rewards.
    /// @return Base units.
    function rewarded(address account) external view returns (uint256) {
        return _accounts[account] >> REWARDED_AT;
    }

    /// @notice Pays `account` up to `cumulative` in all, out of the distributor's balance. Only the distributor may call this.
    /// @param account Who is paid.
    /// @param cumulative Everything the account is to have been rewarded afterwards, base units.
    /// @return paid What was paid now; zero if the account had as much already.
    /// @return left The distributor's balance afterwards.
    function reward(address account, uint256 cumulative) external onlyDistributor returns (uint256 paid, uint256 left) {
        paid = _credit(account, cumulative);
        left = _take(distributor, paid) & BALANCE;
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
        left = _take(distributor, paid) & BALANCE;
    }

    /// @dev Unchecked, because {_take} refuses more than the distributor holds, and with it whatever was credited here. The distributor
    /// may not pay itself: its word is written once, after all credits.
    function _credit(address account, uint256 cumulative) private returns (uint256 paid) {
        if (account == address(0) || account == distributor) revert ERC20InvalidReceiver(account);
        uint256 word = _accounts[account];
        uint256 before = word >> REWARDED_AT;
        if (cumulative <= before) return 0;
        unchecked {
            paid = cumulative - before;
            _accounts[account] = word + (paid << REWARDED_AT) + paid;
        }
        emit Transfer(distributor, account, paid);
    }

    /// @dev Replaces the base contract's books. Nothing is minted after construction and nothing burnt. Tokens come to the distributor
    /// by its own hand only, so that what it was funded with is known to the base unit.
    function _update(address from, address to, uint256 value) internal override {
        if (to == distributor && msg.sender != distributor) revert ERC20InvalidReceiver(to);
        if (from != address(0)) _take(from, value);
        unchecked {
            _accounts[to] += value;
        }
        emit Transfer(from, to, value);
    }

    function _take(address from, uint256 value) private returns (uint256 word) {
        word = _accounts[from];
        if (word & BALANCE < value) revert ERC20InsufficientBalance(from, word & BALANCE, value);
        unchecked {
            word -= value;
        }
        _accounts[from] = word;
    }
}
