// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {vm} from "../utils/Vm.sol";
import {Comparisons} from "./Comparisons.sol";

/// @notice What holds after any sequence of calls. The handler makes only legal calls, or expects the error, so a call
/// that reverts is a failure too.
contract MarketInvariants is Comparisons {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), new bytes4[](24));
        bytes4[24] memory selectors = [
            this.post.selector,
            this.divide.selector,
            this.cancel.selector,
            this.accept.selector,
            this.bid.selector,
            this.reveal.selector,
            this.finalize.selector,
            this.forfeit.selector,
            this.takeOver.selector,
            this.submit.selector,
            this.evaluate.selector,
            this.contest.selector,
            this.hear.selector,
            this.end.selector,
            this.advance.selector,
            this.passTime.selector,
            this.copy.selector,
            this.misopen.selector,
            this.breakRules.selector,
            this.rob.selector,
            this.wander.selector,
            this.bank.selector,
            this.vote.selector,
            this.sell.selector
        ];
        for (uint256 i = 0; i < selectors.length; i++) targets[0].selectors[i] = selectors[i];
    }

    /// @notice Credits are conserved; what is locked is what open tasks, bonds and deposits owe; only an owner or a rule
    /// lowers a balance.
    function invariant_Credits() external {
        _assertConserved();
        _assertOwed();
    }

    /// @notice A task is settled at most once, nobody is paid without a submission; the best three bids are ranked as by
    /// sorting all; commitments open for their own agent, task and chain only; reputation moves by settlement only.
    function invariant_Tasks() external {
        _assertTasks();
        _assertAuctions();
        _assertRecords();
    }

    /// @notice After all deadlines anyone can end every task, and the escrow empties.
    function afterInvariant() external {
        _windUp();
        _assertConserved();
        _assertOwed();
        _assertTasks();
    }

    /// @notice The calls lead to every end and to every rarer thing, or else the invariants would say little.
    function testCallsReachEverything() external {
        bytes4[] memory selectors = this.targetSelectors()[0].selectors;
        for (uint256 i = 0; i < 1_500; i++) {
            uint256 seed = _mix(i);
            bytes4 selector = selectors[seed % selectors.length];
            uint256[10] memory words;
            for (uint256 j = 0; j < words.length; j++) words[j] = _mix(seed + j + 1);
            (bool done, bytes memory reason) = address(this).call(abi.encodePacked(selector, words));
            vm.assertEq(reason, "", "a call reverted");
            vm.assertTrue(done, "a call reverted");
        }
        for (uint256 i = 0; i <= uint256(type(Feat).max); i++) {
            vm.assertGt(feats[Feat(i)], 0, string.concat("never happened: feat ", vm.toString(i)));
        }
    }
}
