// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../interfaces/IAgentRegistry.sol";

/// @notice A holder of credits in the Ledger: an address, or an agent id.
/// @dev Agents are set apart by bit 160, which no address has. An agent's credits belong to its id
/// and so travel with the token; they never belong to the wallet that acts for it.
type Account is uint256;

using {isAgent, agentIdOf, addressOf, exists} for Account global;

uint256 constant AGENT_FLAG = 1 << 160;

function accountOf(address holder) pure returns (Account) {
    return Account.wrap(uint160(holder));
}

function accountOfAgent(uint256 agentId) pure returns (Account) {
    return Account.wrap(AGENT_FLAG | agentId);
}

function isAgent(Account account) pure returns (bool) {
    return Account.unwrap(account) & AGENT_FLAG != 0;
}

/// @dev Meaningful only where `isAgent` is true.
function agentIdOf(Account account) pure returns (uint256) {
    return Account.unwrap(account) ^ AGENT_FLAG;
}

/// @dev Meaningful only where `isAgent` is false.
function addressOf(Account account) pure returns (address) {
    return address(uint160(Account.unwrap(account)));
}

/// @notice Whether somebody owns the account, or could: it is a registered agent, or an address but zero.
function exists(Account account, IAgentRegistry registry) view returns (bool) {
    if (account.isAgent()) return registry.exists(account.agentIdOf());
    uint256 number = Account.unwrap(account);
    return number != 0 && number < AGENT_FLAG;
}
