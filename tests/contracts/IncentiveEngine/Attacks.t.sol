// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIncentiveEngine} from "../../../contracts/interfaces/IIncentiveEngine.sol";
import {ITaskManager} from "../../../contracts/interfaces/ITaskManager.sol";
import {accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {FeedbackTest} from "../utils/FeedbackTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice What it takes to look better than one is.
contract ReputationAttacksTest is FeedbackTest {
    uint256 internal constant EXPERIENCE_SCALE = 100 * CREDIT;

    /// Whitewashing by a new identity: it starts where the worst record ends, so it is never better than a bad one.
    function testFuzzNewIdentityIsNeverBetter(
        uint256[4] memory prices,
        uint256[4] memory scores,
        uint256[4] memory lateness,
        uint256[4] memory weights
    ) public {
        for (uint256 i = 0; i < 4; i++) {
            IIncentiveEngine.Outcome memory outcome = _outcome(REQUESTER, true);
            outcome.price = bound(prices[i], 1, type(uint88).max);
            outcome.score = bound(scores[i], 0, 100);
            outcome.lateness = bound(lateness[i], 0, 100);
            outcome.weight = uint8(bound(weights[i], 0, 100));
            _report(outcome);
        }
        uint256 fresh = _register(WORKER);
        vm.assertEq(incentives.qualityOf(fresh, SKILL), MIN_QUALITY, "the fresh identity's");
        vm.assertGe(incentives.qualityOf(agentId, SKILL), MIN_QUALITY, "the old identity's");
    }

    /// Whitewashing by a transfer, to oneself or to another and back: what is left is a fresh identity's.
    function testFuzzTransferIsNeverBetter(uint256 price, uint256 score, bool andBack) public {
        IIncentiveEngine.Outcome memory outcome = _outcome(REQUESTER, true);
        outcome.price = bound(price, 1, type(uint88).max);
        outcome.score = bound(score, 0, 100);
        outcome.weight = 100;
        _report(outcome);
        _give(REQUESTER, -100);
        uint256 quality = incentives.qualityOf(agentId, SKILL);

        if (andBack) _sell(WORKER, RIVAL);
        _sell(andBack ? RIVAL : WORKER, WORKER);
        vm.assertEq(incentives.qualityOf(agentId, SKILL), MIN_QUALITY, "after the transfer");
        vm.assertLe(incentives.qualityOf(agentId, SKILL), quality, "never better");
        _assertSummary(_only(REQUESTER), 0, 0, 0, "nor does it keep what was said");
    }

    /// A good name is not for sale: neither its record nor what clients said goes to the buyer.
    function testABoughtNameIsWorthNothing() public {
        IIncentiveEngine.Outcome memory outcome = _outcome(REQUESTER, true);
        (outcome.price, outcome.weight) = (10 * EXPERIENCE_SCALE, 100);
        _report(outcome);
        _give(REQUESTER, 100);
        _sell(WORKER, RIVAL);
        vm.assertEq(incentives.qualityOf(agentId, SKILL), MIN_QUALITY, "quality");
        _assertSummary(_only(REQUESTER), 0, 0, 0, "feedback");
    }

    /// Buying reputation from oneself: requester, evaluator and worker are one. V0 of experience, half of the quality
    /// span, costs the fee on four times V0 and nothing else: ten credits.
    function testReputationFromOneselfCostsTheFee() public {
        uint256 price = 4 * EXPERIENCE_SCALE;
        uint256 spent = _buy(price);
        vm.assertEq(spent, 10 * CREDIT, "the price of V0");
        vm.assertEq(incentives.recordOf(agentId, SKILL).experience, EXPERIENCE_SCALE, "experience");
        vm.assertEq(incentives.qualityOf(agentId, SKILL), 7_500, "quality");
    }

    /// There is no cheaper way in small steps or in big ones: a credit of experience costs a tenth at least.
    function testFuzzReputationFromOneselfIsNeverCheaper(uint256 price) public {
        uint256 spent = _buy(bound(price, MIN_RESERVE, 10_000 * CREDIT));
        uint256 experience = incentives.recordOf(agentId, SKILL).experience;
        vm.assertGe(spent * 10 + 10, experience, "a tenth, but for rounding");
    }

    /// Feedback on oneself costs a settlement each, whoever among one's addresses speaks.
    function testPraiseOfOneselfCostsTheFee() public {
        _expectNoRight(OUTSIDER);
        _give(OUTSIDER, 100);
        uint256 spent = _buy(MIN_RESERVE);
        vm.assertEq(spent, (MIN_RESERVE * FEE_BPS) / BPS, "the fee");
        _give(REQUESTER, 100);
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 100);
    }

    /// The wallet may be a client like any other: it pays for its right.
    function testWalletNeedsASettlementToo() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(REQUESTER_KEY, _walletDigest(REQUESTER));
        vm.prank(WORKER);
        registry.setAgentWallet(agentId, REQUESTER, START, abi.encodePacked(r, s, v));
        _expectNoRight(REQUESTER);
        _give(REQUESTER, 100);
    }

    /// One client of a hundred cannot outvote the rest by taking words back and saying them again.
    function testRevokedFeedbackIsNotCounted() public {
        for (uint256 i = 0; i < 10; i++) {
            _settleAndGive(REQUESTER, -100, 0);
            vm.prank(REQUESTER);
            incentives.revokeFeedback(agentId, uint64(i + 1));
        }
        _settleAndGive(RIVAL, 100, 0);
        _assertSummary(_both(), 1, 100, 0, "what stands");
    }

    /// What the parties have less after a task at `price` that they gave to themselves.
    function _buy(uint256 price) internal returns (uint256 spent) {
        ITaskManager.TaskParams memory params = _params(price);
        params.evaluator = REQUESTER;
        (uint256 taskId, uint256 worker) = _award(params, price, PROMISE);
        uint256 before = _heldBy(worker);
        _submit(taskId, RESULT);
        _evaluate(taskId, 100);
        agentId = worker;
        return before - _heldBy(worker);
    }

    function _heldBy(uint256 worker) internal view returns (uint256) {
        return
            _freeOf(accountOf(REQUESTER)) +
            _lockedOf(accountOf(REQUESTER)) +
            _freeOf(accountOfAgent(worker)) +
            _lockedOf(accountOfAgent(worker));
    }

    function _walletDigest(address wallet) internal view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifier, , ) = registry
            .eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 typehash = keccak256(
            "AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typehash, agentId, wallet, WORKER, START));
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }
}
