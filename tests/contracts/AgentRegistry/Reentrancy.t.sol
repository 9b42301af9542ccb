// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IBidAuction} from "../../../contracts/interfaces/IBidAuction.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {Receiver} from "../mocks/Receiver.sol";
import {MarketTest} from "../utils/MarketTest.sol";
import {Vm, vm} from "../utils/Vm.sol";

/// @notice The one place where the market calls a stranger: a contract that is asked to take its new agent.
contract RegistryReentrancyTest is MarketTest {
    Receiver internal receiver;

    function setUp() public override {
        super.setUp();
        receiver = new Receiver();
    }

    function testRegisterAgainInside() public {
        receiver.plan(address(registry), abi.encodeWithSignature("register()"));
        uint256 agentId = _registerReceiver("");

        vm.assertTrue(receiver.succeeded(), "inner call");
        vm.assertEq(agentId, 1, "outer id");
        vm.assertEq(abi.decode(receiver.returned(), (uint256)), 2, "inner id");
        vm.assertEq(registry.balanceOf(address(receiver)), 2, "agents");
        vm.assertEq(registry.agentCount(), 2, "count");
    }

    /// A buyer that is sold the agent inside the callback gets it whole: nothing is written to it afterwards.
    function testSellInside() public {
        receiver.plan(address(registry), abi.encodeCall(IERC721.transferFrom, (address(receiver), RIVAL, 1)));
        vm.recordLogs();
        uint256 agentId = _registerReceiver("value");

        vm.assertEq(registry.ownerOf(agentId), RIVAL, "owner");
        vm.assertEq(registry.getAgentWallet(agentId), address(0), "wallet");
        vm.assertEq(uint256(registry.ownershipEpoch(agentId)), 1, "epoch");
        // The sale is Transfer and MetadataSet, after the five events of the registration.
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 7, "events");
        vm.assertEq(logs[4].topics[0], IERC721.Transfer.selector, "the mint");
        vm.assertEq(logs[6].topics[0], IAgentRegistry.MetadataSet.selector, "the last event");
        vm.assertEq(logs[6].topics[2], keccak256("agentWallet"), "clears the wallet");
    }

    function testSellerCannotWriteAfterwards() public {
        receiver.plan(
            address(registry),
            abi.encodeCall(IAgentRegistry.setMetadata, (1, "key", bytes("seller's")))
        );
        receiver.plan(address(registry), abi.encodeCall(IERC721.transferFrom, (address(receiver), RIVAL, 1)));
        _registerReceiver("registered");

        vm.assertFalse(receiver.succeeded(), "the write after the sale");
        bytes memory reason = abi.encodeWithSelector(
            IAgentRegistry.NotAuthorized.selector,
            1,
            address(receiver)
        );
        vm.assertEq(receiver.returned(), reason, "reason");
        vm.assertEq(registry.getMetadata(1, "key"), bytes("registered"), "metadata");
    }

    function testBidInsideNeedsABondAsAnywhere() public {
        uint256 taskId = _post(RESERVE);
        receiver.plan(address(auction), abi.encodeCall(IBidAuction.commit, (taskId, 1, 1)));
        uint256 agentId = _registerReceiver("");

        vm.assertFalse(receiver.succeeded(), "commit without credits");
        bytes memory reason = abi.encodeWithSelector(
            ILedger.InsufficientFree.selector,
            accountOfAgent(agentId),
            0,
            RESERVE / 10
        );
        vm.assertEq(receiver.returned(), reason, "reason");
        vm.assertEq(auction.getCommitment(taskId, 1), 0, "commitment");
    }

    function _registerReceiver(bytes memory value) internal returns (uint256) {
        IAgentRegistry.MetadataEntry[] memory metadata = new IAgentRegistry.MetadataEntry[](1);
        metadata[0] = IAgentRegistry.MetadataEntry({metadataKey: "key", metadataValue: value});
        bytes memory data = abi.encodeWithSignature(
            "register(string,(string,bytes)[])",
            "ipfs://card",
            metadata
        );
        return abi.decode(receiver.execute(address(registry), data), (uint256));
    }
}
