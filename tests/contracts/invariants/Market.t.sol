// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Handler} from "./Handler.sol";

/// @notice What holds after any sequence of calls. The handler makes only legal calls, or expects the error, so a call
/// that reverts is a failure too.
contract MarketInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler internal handler;

    function setUp() public {
        handler = new Handler();
        handler.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), new bytes4[](26));
        bytes4[26] memory selectors = [
            handler.post.selector,
            handler.cancel.selector,
            handler.bid.selector,
            handler.bidAll.selector,
            handler.reveal.selector,
            handler.revealAll.selector,
            handler.finalize.selector,
            handler.forfeit.selector,
            handler.submit.selector,
            handler.evaluate.selector,
            handler.end.selector,
            handler.passTime.selector,
            handler.passToNext.selector,
            handler.copy.selector,
            handler.misopen.selector,
            handler.breakRules.selector,
            handler.steal.selector,
            handler.usurp.selector,
            handler.wander.selector,
            handler.deposit.selector,
            handler.withdraw.selector,
            handler.transfer.selector,
            handler.donate.selector,
            handler.flush.selector,
            handler.setFee.selector,
            handler.sell.selector
        ];
        for (uint256 i = 0; i < selectors.length; i++) targets[0].selectors[i] = selectors[i];
    }

    /// @notice Credits are conserved; what is locked is what open tasks, bonds and deposits owe; only an owner or a rule
    /// lowers a balance.
    function invariant_Credits() external {
        handler.assertConserved();
        handler.assertOwed();
    }

    /// @notice A task is settled at most once, nobody is paid without a submission; the best three bids are ranked as by
    /// sorting all; commitments open for their own agent, task and chain only; reputation moves by settlement only.
    function invariant_Tasks() external {
        handler.assertTasks();
        handler.assertAuctions();
        handler.assertRecords();
    }

    /// @notice After all deadlines anyone can end every task, and the escrow empties.
    function afterInvariant() external {
        handler.windUp();
        handler.assertConserved();
        handler.assertOwed();
        handler.assertTasks();
    }
}
