// Only 'hardhat node' is used: a second, independent EVM for the settlement tests.
module.exports = { solidity: '0.8.37', networks: { hardhat: { chainId: 31337, hardfork: 'prague', allowUnlimitedContractSize: false } } };
