// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RaceBoard} from "../../../contracts/RaceBoard.sol";
import {IRaceBoard} from "../../../contracts/interfaces/IRaceBoard.sol";
import {Miswired, Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {RaceTest} from "../utils/RaceTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RaceViewsTest is RaceTest {
    function testFuzzNothingThere(uint256 id, uint256 agentId) public {
        IRaceBoard.Race memory noRace;
        IRaceBoard.Entry memory noEntry;
        vm.assertEq(abi.encode(race.getRace(id)), abi.encode(noRace), "race");
        vm.assertEq(abi.encode(race.getEntry(id, agentId)), abi.encode(noEntry), "entry");
        (uint256 head, uint256 deadline) = race.headOf(id);
        vm.assertEq(head, 0, "head");
        vm.assertEq(deadline, 0, "deadline");
    }

    function testFuzzCaseOf(uint256 id, uint64 agentId, uint256 otherId, uint64 otherAgent) public {
        id = bound(id, 0, type(uint192).max);
        otherId = bound(otherId, 0, type(uint192).max);
        vm.assume(id != otherId || agentId != otherAgent);
        vm.assertEq(race.caseOf(id, agentId), id * 2 ** 64 + agentId, "case");
        vm.assertNotEq(race.caseOf(id, agentId), race.caseOf(otherId, otherAgent), "one for each entry");
    }

    function testFuzzCommitmentOf(uint256 id, uint256 agentId, bytes32 result, bytes32 salt) public {
        bytes32 expected = keccak256(abi.encode(block.chainid, address(race), id, agentId, result, salt));
        vm.assertEq(race.commitmentOf(id, agentId, result, salt), expected, "commitment");
    }

    function testWired() public {
        vm.assertEq(address(race.ledger()), address(ledger), "ledger");
        vm.assertEq(address(race.registry()), address(registry), "registry");
        vm.assertEq(address(race.tasks()), address(tasks), "tasks");
        vm.assertEq(address(race.auction()), address(auction), "auction");
        vm.assertEq(address(race.pool()), address(pool), "pool");
        vm.assertEq(auction.race(), address(race), "auction's race");
        vm.assertEq(tasks.race(), address(race), "tasks' race");
    }

    function testMiswired() public {
        Wiring memory wiring = _wiringFrom(OUTSIDER);
        address actual = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(Miswired.selector, address(wiring.race), actual));
        new RaceBoard(wiring);
    }
}
