// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitratorEvaluator} from "../../../contracts/interfaces/IArbitratorEvaluator.sol";
import {ArbitrationTest} from "../utils/ArbitrationTest.sol";
import {vm} from "../utils/Vm.sol";

contract SubmitEvidenceTest is ArbitrationTest {
    function testFuzzSubmitEvidence(uint256 group, address party, string calldata evidence) public {
        vm.expectEmit(address(adapter));
        emit IArbitratorEvaluator.Evidence(arbitrator, group, party, evidence);
        vm.prank(party);
        adapter.submitEvidence(group, evidence);
    }
}
