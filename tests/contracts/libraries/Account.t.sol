// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AGENT_FLAG, Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {bound, vm} from "../utils/Vm.sol";

contract AccountTest {
    function testFuzzAddress(address holder) public {
        Account account = accountOf(holder);
        vm.assertFalse(account.isAgent(), "is an agent");
        vm.assertEq(account.addressOf(), holder, "address");
        vm.assertEq(Account.unwrap(account), uint256(uint160(holder)), "number");
    }

    function testFuzzAgent(uint256 agentId) public {
        agentId = bound(agentId, 0, AGENT_FLAG - 1);
        Account account = accountOfAgent(agentId);
        vm.assertTrue(account.isAgent(), "is an agent");
        vm.assertEq(account.agentIdOf(), agentId, "id");
        vm.assertEq(Account.unwrap(account), (1 << 160) + agentId, "number");
    }

    /// No agent's credits are any address's, and no two agents share an account.
    function testFuzzDistinct(address holder, uint64 first, uint64 second) public {
        uint256 number = Account.unwrap(accountOfAgent(first));
        vm.assertNotEq(Account.unwrap(accountOf(holder)), number, "holder and agent");
        vm.assertEq(number == Account.unwrap(accountOfAgent(second)), first == second, "two agents");
    }
}
