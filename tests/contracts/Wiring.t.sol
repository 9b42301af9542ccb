// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentRegistry} from "../../contracts/AgentRegistry.sol";
import {BidAuction} from "../../contracts/BidAuction.sol";
import {IncentiveEngine} from "../../contracts/IncentiveEngine.sol";
import {Ledger} from "../../contracts/Ledger.sol";
import {MessageHub} from "../../contracts/MessageHub.sol";
import {TaskManager} from "../../contracts/TaskManager.sol";
import {UsageMeter} from "../../contracts/UsageMeter.sol";
import {ITaskManager} from "../../contracts/interfaces/ITaskManager.sol";
import {Miswired, Wiring} from "../../contracts/interfaces/Wiring.sol";
import {Account, accountOf} from "../../contracts/libraries/Account.sol";
import {MarketTest} from "./utils/MarketTest.sol";
import {bound, vm} from "./utils/Vm.sol";

/// @notice Deployment: every contract knows the others, or does not come into being.
contract WiringTest is MarketTest {
    function testWired() public {
        vm.assertEq(address(ledger.token()), address(token), "ledger's token");
        vm.assertEq(address(ledger.registry()), address(registry), "ledger's registry");
        vm.assertEq(address(registry.ledger()), address(ledger), "registry's ledger");
        vm.assertEq(address(tasks.ledger()), address(ledger), "tasks' ledger");
        vm.assertEq(address(tasks.registry()), address(registry), "tasks' registry");
        vm.assertEq(address(tasks.auction()), address(auction), "tasks' auction");
        vm.assertEq(address(tasks.incentives()), address(incentives), "tasks' incentives");
        vm.assertEq(address(auction.ledger()), address(ledger), "auction's ledger");
        vm.assertEq(address(auction.registry()), address(registry), "auction's registry");
        vm.assertEq(address(auction.tasks()), address(tasks), "auction's tasks");
        vm.assertEq(address(auction.incentives()), address(incentives), "auction's incentives");
        vm.assertEq(address(incentives.registry()), address(registry), "incentives' registry");
        vm.assertEq(address(incentives.tasks()), address(tasks), "incentives' tasks");
        vm.assertEq(address(messages.ledger()), address(ledger), "messages' ledger");
        vm.assertEq(address(messages.registry()), address(registry), "messages' registry");
        vm.assertEq(address(messages.tasks()), address(tasks), "messages' tasks");
        vm.assertEq(address(meter.ledger()), address(ledger), "meter's ledger");
        vm.assertEq(address(meter.registry()), address(registry), "meter's registry");
        vm.assertEq(address(meter.parameters()), address(parameters), "meter's parameters");
        vm.assertEq(address(marketplace.registry()), address(registry), "marketplace's registry");
        vm.assertEq(address(marketplace.tasks()), address(tasks), "marketplace's tasks");
        vm.assertEq(address(marketplace.incentives()), address(incentives), "marketplace's incentives");
        vm.assertEq(address(actions.registry()), address(registry), "actions' registry");
    }

    function testParameters() public {
        vm.assertEq(Account.unwrap(tasks.treasury()), Account.unwrap(accountOf(TREASURY)), "treasury");
        vm.assertEq(tasks.minWindow(), MIN_WINDOW, "least window");
        vm.assertEq(tasks.feeBps(), FEE_BPS, "fee");
        vm.assertEq(tasks.MAX_FEE_BPS(), MAX_FEE_BPS, "highest fee");
        vm.assertEq(tasks.MAX_WINDOW(), MAX_WINDOW, "longest window");
        vm.assertTrue(tasks.hasRole(0, ADMIN), "admin of tasks");
        vm.assertTrue(token.hasRole(0, ADMIN), "admin of token");
    }

    function testFuzzMiswired(uint256 other) public {
        address expected = vm.addr(bound(other, 1, type(uint128).max));
        Wiring memory wiring = _wiringFrom(ADMIN);
        wiring.ledger = Ledger(expected);
        wiring.registry = AgentRegistry(expected);
        wiring.tasks = TaskManager(expected);
        wiring.auction = BidAuction(expected);
        wiring.incentives = IncentiveEngine(expected);
        wiring.messages = MessageHub(expected);
        wiring.meter = UsageMeter(expected);

        _expectMiswired(expected);
        new Ledger(wiring);
        _expectMiswired(expected);
        new AgentRegistry(wiring);
        _expectMiswired(expected);
        new TaskManager(wiring, ADMIN, TREASURY, MIN_WINDOW, FEE_BPS);
        _expectMiswired(expected);
        new BidAuction(wiring);
        _expectMiswired(expected);
        new IncentiveEngine(wiring);
        _expectMiswired(expected);
        new MessageHub(wiring);
        _expectMiswired(expected);
        new UsageMeter(wiring, CHALLENGE_WINDOW);
    }

    function _expectMiswired(address expected) internal {
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(Miswired.selector, expected, actual));
    }

    function testFuzzFeeTooHigh(uint256 feeBps) public {
        feeBps = bound(feeBps, MAX_FEE_BPS + 1, type(uint256).max);
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        Wiring memory wiring = _wiringFrom(ADMIN);
        wiring.tasks = TaskManager(actual);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.FeeTooHigh.selector, feeBps, MAX_FEE_BPS));
        new TaskManager(wiring, ADMIN, TREASURY, MIN_WINDOW, feeBps);
    }

    function testTreasuryZeroAddress() public {
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        Wiring memory wiring = _wiringFrom(ADMIN);
        wiring.tasks = TaskManager(actual);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTreasury.selector));
        new TaskManager(wiring, ADMIN, address(0), MIN_WINDOW, FEE_BPS);
    }
}
