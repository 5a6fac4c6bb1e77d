// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Where a distributor stands, in one slot, because a claim has to read the half of it:
///
///     bits      field
///     0…95      funded   everything that ever came in, base units
///     96…191    total    the current root's total, base units
///     192…223   capWe    the most a root may rise the total by, per window, whole WE
///     224…247   window   the last window that has a root
///     248…255   paused   0 or 1
type Books is uint256;

using BookFields for Books global;

/// @dev Reads and replaces the fields of {Books}. Callers pass values that fit their field.
library BookFields {
    uint256 private constant TOTAL_AT = 96;
    uint256 private constant CAP_AT = 192;
    uint256 private constant WINDOW_AT = 224;
    uint256 private constant PAUSED_AT = 248;

    function funded(Books books) internal pure returns (uint256) {
        return uint96(Books.unwrap(books));
    }

    function total(Books books) internal pure returns (uint256) {
        return uint96(Books.unwrap(books) >> TOTAL_AT);
    }

    function capWe(Books books) internal pure returns (uint256) {
        return uint32(Books.unwrap(books) >> CAP_AT);
    }

    function window(Books books) internal pure returns (uint256) {
        return uint24(Books.unwrap(books) >> WINDOW_AT);
    }

    function paused(Books books) internal pure returns (bool) {
        return Books.unwrap(books) >> PAUSED_AT != 0;
    }

    function withFunded(Books books, uint96 value) internal pure returns (Books) {
        return Books.wrap(Books.unwrap(books) & ~uint256(type(uint96).max) | value);
    }

    function withCapWe(Books books, uint32 value) internal pure returns (Books) {
        return Books.wrap(Books.unwrap(books) & ~(uint256(type(uint32).max) << CAP_AT) | uint256(value) << CAP_AT);
    }

    function withPaused(Books books, bool value) internal pure returns (Books) {
        return Books.wrap(Books.unwrap(books) & type(uint248).max | (value ? 1 << PAUSED_AT : 0));
    }

    /// @dev The books under a new root of a running distributor: same funding and cap, not paused.
    function withRoot(Books books, uint256 window_, uint256 total_) internal pure returns (Books) {
        uint256 kept = uint256(type(uint96).max) | uint256(type(uint32).max) << CAP_AT;
        return Books.wrap(Books.unwrap(books) & kept | total_ << TOTAL_AT | window_ << WINDOW_AT);
    }
}
