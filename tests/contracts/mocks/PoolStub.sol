// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEvaluatorPool} from "../../../contracts/interfaces/IEvaluatorPool.sol";
import {IPanelClient} from "../../../contracts/interfaces/IPanelClient.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account} from "../../../contracts/libraries/Account.sol";

/// @notice A pool without evaluators: it keeps what it was asked, and says what a test tells it to say.
contract PoolStub {
    struct Asked {
        IEvaluatorPool.Case request;
        bytes32 secret;
        uint256 rounds;
    }

    ILedger public immutable ledger;
    uint256 public seatCount = 7;

    mapping(address => mapping(uint256 => Asked)) private _asked;

    error TooFewSeats(uint256 size, uint256 seats);

    constructor(ILedger ledger_) {
        ledger = ledger_;
    }

    function setSeats(uint256 seats) external {
        seatCount = seats;
    }

    function convene(IEvaluatorPool.Case calldata request) external {
        require(request.size <= seatCount, TooFewSeats(request.size, seatCount));
        _asked[msg.sender][request.caseId] = Asked({request: request, secret: 0, rounds: 1});
    }

    function unseal(uint256 caseId, bytes32 secret) external {
        _asked[msg.sender][caseId].secret = secret;
    }

    function reconvene(uint256 caseId, uint256 size, uint256 fee) external {
        require(size <= seatCount, TooFewSeats(size, seatCount));
        Asked storage open = _asked[msg.sender][caseId];
        open.request.size = size;
        open.request.fee = fee;
        open.rounds++;
    }

    /// @notice Ends a case as a panel would, and pays its fee to `evaluator`.
    function decide(IPanelClient client, uint256 caseId, uint256 score, Account evaluator) external {
        Account payer = client.rule(caseId, true, score);
        ledger.pay(payer, evaluator, _asked[address(client)][caseId].request.fee);
    }

    /// @notice Ends a case without a quorum.
    function giveUp(IPanelClient client, uint256 caseId) external {
        client.rule(caseId, false, 0);
    }

    function asked(address client, uint256 caseId) external view returns (Asked memory) {
        return _asked[client][caseId];
    }
}
