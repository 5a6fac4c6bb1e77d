// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev OpenZeppelin's token as it is, for the peers to pay in.
contract PlainToken is ERC20 {
    constructor(address holder) ERC20("Plain", "PLN") {
        _mint(holder, 1_250_000_000 ether);
    }
}
