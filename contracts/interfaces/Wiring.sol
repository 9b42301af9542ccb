// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./IAgentRegistry.sol";
import {IBidAuction} from "./IBidAuction.sol";
import {ICreditToken} from "./ICreditToken.sol";
import {IEvaluatorPool} from "./IEvaluatorPool.sol";
import {IIncentiveEngine} from "./IIncentiveEngine.sol";
import {ILedger} from "./ILedger.sol";
import {IMarketParameters} from "./IMarketParameters.sol";
import {IMessageHub} from "./IMessageHub.sol";
import {IRaceBoard} from "./IRaceBoard.sol";
import {ITaskManager} from "./ITaskManager.sol";
import {IUsageMeter} from "./IUsageMeter.sol";

/// @notice Where the market's contracts live. Every constructor takes the same value and keeps what it
/// needs as immutables, so that no role and no vote can cut a path by which credits leave.
/// @dev The contracts name each other, so their addresses are computed from the deployer's nonces first.
struct Wiring {
    ICreditToken token;
    ILedger ledger;
    IAgentRegistry registry;
    ITaskManager tasks;
    IBidAuction auction;
    IIncentiveEngine incentives;
    IMessageHub messages;
    IEvaluatorPool pool;
    IUsageMeter meter;
    IRaceBoard race;
    IMarketParameters parameters;
}

/// @notice Thrown when a contract is deployed at another address than its wiring names.
error Miswired(address expected, address actual);
