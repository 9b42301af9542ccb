// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract TransferFromTest is RegistryTest {
    function testFuzzTransferFrom(address to, uint256 free) public {
        vm.assume(to != address(0) && to != WORKER);
        free = bound(free, 1, MAX_RESERVE);
        _fundAgent(agentId, free);
        vm.prank(WORKER);
        registry.setMetadata(agentId, "key", "value");

        vm.expectEmit(address(registry));
        emit IERC721.Transfer(WORKER, to, agentId);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(agentId, "agentWallet", "agentWallet", "");
        vm.prank(WORKER);
        registry.transferFrom(WORKER, to, agentId);

        vm.assertEq(registry.ownerOf(agentId), to, "owner");
        vm.assertEq(registry.getAgentWallet(agentId), address(0), "wallet");
        vm.assertEq(uint256(registry.ownershipEpoch(agentId)), 1, "epoch");
        vm.assertFalse(registry.canAct(agentId, WORKER), "old owner acts");
        vm.assertTrue(registry.canAct(agentId, to), "new owner acts");
        vm.assertEq(registry.getMetadata(agentId, "key"), bytes("value"), "metadata");
        _assertBalance(accountOfAgent(agentId), free, 0, "agent");
    }

    /// Each transfer is a new epoch, one to oneself as well: what was left behind stays behind.
    function testFuzzTransferCounts(uint8 transfers) public {
        for (uint256 i = 0; i < transfers; i++) {
            vm.prank(WORKER);
            registry.transferFrom(WORKER, WORKER, agentId);
        }
        vm.assertEq(uint256(registry.ownershipEpoch(agentId)), transfers, "epoch");
    }

    /// Bonds and live tasks hold an agent back, by whichever function and whoever calls.
    function testFuzzTransferWithLockedCredits(uint256 reserve) public {
        reserve = bound(reserve, MIN_RESERVE, MAX_RESERVE);
        uint256 taskId = _post(reserve);
        agentId = _registerBidder(WORKER, reserve);
        uint256 bond = _freeOf(accountOfAgent(agentId));
        _commit(taskId, agentId, reserve);
        _approveBoth();

        _expectLocked(WORKER, bond);
        registry.transferFrom(WORKER, RIVAL, agentId);
        _expectLocked(RIVAL, bond);
        registry.safeTransferFrom(WORKER, RIVAL, agentId);
        _expectLocked(THIRD, bond);
        registry.safeTransferFrom(WORKER, RIVAL, agentId, "");
    }

    function testTransferOnceCreditsAreFreeAgain() public {
        (uint256 taskId, uint256 worker) = _deliver(RESERVE, RESERVE / 2);
        _evaluate(taskId, 100);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, worker);
        vm.assertEq(registry.ownerOf(worker), RIVAL, "owner");
    }

    /// Who owes for its thinking stays with who let it think.
    function testFuzzTransferInDebt(uint64 debt) public {
        vm.assume(debt != 0);
        vm.prank(address(meter));
        ledger.owe(accountOfAgent(agentId), accountOf(RIVAL), debt);

        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentInDebt.selector, agentId, debt));
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);

        vm.prank(RIVAL);
        ledger.forgive(accountOfAgent(agentId));
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.assertEq(registry.ownerOf(agentId), RIVAL, "owner");
    }

    function _expectLocked(address caller, uint256 locked) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IAgentRegistry.AgentHasLockedCredits.selector, agentId, locked)
        );
        vm.prank(caller);
    }

    /// Warning made true: an agent's credits go with it, so a deposit just before a sale is the buyer's.
    function testTransferTakesCreditsAlong() public {
        Account account = accountOfAgent(agentId);
        _fund(account, CREDIT);
        vm.prank(WORKER);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotAccountOwner.selector, account, WORKER));
        vm.prank(WORKER);
        ledger.withdraw(account, WORKER, CREDIT);
    }
}
