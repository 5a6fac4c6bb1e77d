// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What GasliteDrop is documented to do, written anew from that description: take the whole amount once, then hand it out by bare
/// calls from one reused piece of memory.
contract GasliteStyleDrop {
    error TransferFailed();

    function airdropERC20(address token, address[] calldata to, uint256[] calldata amounts, uint256 total) external {
        require(to.length == amounts.length);
        assembly ("memory-safe") {
            let ok := 1
            let at := mload(0x40)
            mstore(at, shl(224, 0x23b872dd)) // transferFrom(address,address,uint256)
            mstore(add(at, 4), caller())
            mstore(add(at, 36), address())
            mstore(add(at, 68), total)
            ok := call(gas(), token, 0, at, 100, 0, 0)
            mstore(at, shl(224, 0xa9059cbb)) // transfer(address,uint256)
            let ahead := sub(amounts.offset, to.offset)
            let end := add(to.offset, shl(5, to.length))
            for { let i := to.offset } lt(i, end) { i := add(i, 32) } {
                mstore(add(at, 4), calldataload(i))
                mstore(add(at, 36), calldataload(add(i, ahead)))
                ok := and(ok, call(gas(), token, 0, at, 68, 0, 0))
            }
            if iszero(ok) {
                mstore(0x00, shl(224, 0x90b8ec18)) // TransferFailed()
                revert(0x00, 4)
            }
        }
    }
}
