// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BidAuction} from "../../../contracts/BidAuction.sol";
import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {AuctionTest} from "../utils/AuctionTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice Attacks by copying what others have sealed: the copy can be committed, and never opened.
contract CopiedCommitmentTest is AuctionTest {
    uint256 internal agentId;
    uint256 internal thief;

    function setUp() public override {
        super.setUp();
        agentId = _registerBidder(WORKER, RESERVE);
        thief = _registerBidder(RIVAL, 2 * RESERVE);
    }

    function testFuzzCopiedByAnotherAgent(uint256 price) public {
        price = bound(price, 1, RESERVE);
        _commit(taskId, agentId, price);
        uint200 copied = auction.getCommitment(taskId, agentId);
        _commitAs(RIVAL, taskId, thief, copied);
        _warpToReveal(taskId);
        _reveal(taskId, agentId, price);
        _expectWrongOpening(taskId, thief, price);
    }

    /// Not even the same owner's second agent can open it.
    function testFuzzCopiedToOwnAgent(uint256 price) public {
        price = bound(price, 1, RESERVE);
        uint256 second = _registerBidder(WORKER, RESERVE);
        _commitAs(WORKER, taskId, second, _digest(agentId, price));
        _warpToReveal(taskId);
        _expectWrongOpening(taskId, second, price);
    }

    function testFuzzCopiedToAnotherTask(uint256 price) public {
        price = bound(price, 1, RESERVE);
        uint256 other = _post(RESERVE);
        _commitAs(WORKER, other, agentId, _digest(agentId, price));
        _warpToReveal(other);
        _expectWrongOpening(other, agentId, price);
    }

    /// A second market, with the same tasks and agents under the same ids.
    function testFuzzCopiedToAnotherContract(uint256 price) public {
        price = bound(price, 1, RESERVE);
        uint200 digest = _digest(agentId, price);
        BidAuction first = auction;
        AuctionTest.setUp();
        vm.assertTrue(address(auction) != address(first), "another auction");
        vm.assertEq(_registerBidder(WORKER, RESERVE), agentId, "same agent id");

        _commitAs(WORKER, taskId, agentId, digest);
        _warpToReveal(taskId);
        _expectWrongOpening(taskId, agentId, price);
    }

    function testFuzzCopiedToAnotherChain(uint256 price, uint64 chain) public {
        vm.assume(chain != 0 && chain != block.chainid);
        price = bound(price, 1, RESERVE);
        _commit(taskId, agentId, price);
        _warpToReveal(taskId);
        uint256 home = block.chainid;
        vm.chainId(chain);
        _expectWrongOpening(taskId, agentId, price);

        vm.chainId(home);
        _reveal(taskId, agentId, price);
        vm.assertEq(auction.getRanking(taskId)[0].agentId, agentId, "revealed at home");
    }

    /// The bid that was replaced is dead; the one that replaced it lives.
    function testFuzzReplacedBid(uint256 first, uint256 second) public {
        first = bound(first, 1, RESERVE);
        second = bound(second, 1, RESERVE);
        vm.assume(first != second);
        _commit(taskId, agentId, first);
        _commit(taskId, agentId, second);
        _warpToReveal(taskId);
        _expectWrongOpening(taskId, agentId, first);
        _reveal(taskId, agentId, second);
        vm.assertEq(auction.getRanking(taskId)[0].price, second, "price");
    }

    function testFuzzCommitmentBindsEverything(
        uint256[4] memory a,
        bytes32 s,
        uint256[4] memory b,
        bytes32 t
    ) public {
        vm.assume(keccak256(abi.encode(a, s)) != keccak256(abi.encode(b, t)));
        uint200 first = auction.commitmentOf(a[0], a[1], a[2], a[3], s);
        vm.assertNotEq(first, auction.commitmentOf(b[0], b[1], b[2], b[3], t), "digests");
        bytes32 whole = keccak256(abi.encode(block.chainid, address(auction), a[0], a[1], a[2], a[3], s));
        vm.assertEq(first, uint256(whole) >> 56, "the first 200 bits");
    }

    function _commitAs(address owner, uint256 task, uint256 agent, uint200 digest) internal {
        vm.prank(owner);
        auction.commit(task, agent, digest);
    }

    /// @dev With the opening of `agentId`'s bid on the first task, under that task's salt.
    function _expectWrongOpening(uint256 task, uint256 agent, uint256 price) internal {
        bytes32 salt = _salt(taskId, agentId);
        vm.expectRevert(abi.encodeWithSelector(IBidAuction.WrongOpening.selector, task, agent));
        auction.reveal(task, agent, price, PROMISE, salt);
    }
}
