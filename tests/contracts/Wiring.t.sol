// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentRegistry} from "../../contracts/AgentRegistry.sol";
import {BidAuction} from "../../contracts/BidAuction.sol";
import {EvaluatorPool} from "../../contracts/EvaluatorPool.sol";
import {IncentiveEngine} from "../../contracts/IncentiveEngine.sol";
import {Ledger} from "../../contracts/Ledger.sol";
import {MessageHub} from "../../contracts/MessageHub.sol";
import {RaceBoard} from "../../contracts/RaceBoard.sol";
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
        vm.assertEq(address(tasks.pool()), address(pool), "tasks' pool");
        vm.assertEq(tasks.race(), address(race), "tasks' race");
        vm.assertEq(address(tasks.parameters()), address(parameters), "tasks' parameters");
        vm.assertEq(address(auction.ledger()), address(ledger), "auction's ledger");
        vm.assertEq(address(auction.registry()), address(registry), "auction's registry");
        vm.assertEq(address(auction.tasks()), address(tasks), "auction's tasks");
        vm.assertEq(address(auction.incentives()), address(incentives), "auction's incentives");
        vm.assertEq(auction.race(), address(race), "auction's race");
        vm.assertEq(address(ledger.tasks()), address(tasks), "ledger's tasks");
        vm.assertEq(address(ledger.auction()), address(auction), "ledger's auction");
        vm.assertEq(address(ledger.messages()), address(messages), "ledger's messages");
        vm.assertEq(address(ledger.pool()), address(pool), "ledger's pool");
        vm.assertEq(address(ledger.meter()), address(meter), "ledger's meter");
        vm.assertEq(address(ledger.race()), address(race), "ledger's race");
        vm.assertEq(address(race.ledger()), address(ledger), "race's ledger");
        vm.assertEq(address(race.registry()), address(registry), "race's registry");
        vm.assertEq(address(race.tasks()), address(tasks), "race's tasks");
        vm.assertEq(address(race.auction()), address(auction), "race's auction");
        vm.assertEq(address(race.pool()), address(pool), "race's pool");
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
        wiring.race = RaceBoard(expected);
        wiring.pool = EvaluatorPool(expected);

        _expectMiswired(expected);
        new Ledger(wiring);
        _expectMiswired(expected);
        new AgentRegistry(wiring);
        _expectMiswired(expected);
        new TaskManager(wiring, TREASURY);
        _expectMiswired(expected);
        new BidAuction(wiring);
        _expectMiswired(expected);
        new IncentiveEngine(wiring);
        _expectMiswired(expected);
        new MessageHub(wiring);
        _expectMiswired(expected);
        new UsageMeter(wiring, CHALLENGE_WINDOW);
        _expectMiswired(expected);
        new RaceBoard(wiring);
        _expectMiswired(expected);
        new EvaluatorPool(wiring, SEAT_STAKE, WARM_UP, LEAVE_DELAY);
    }

    function _expectMiswired(address expected) internal {
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(Miswired.selector, expected, actual));
    }

    function testTreasuryZeroAddress() public {
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        Wiring memory wiring = _wiringFrom(ADMIN);
        wiring.tasks = TaskManager(actual);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTreasury.selector));
        new TaskManager(wiring, address(0));
    }
}
