// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Thinking costs credits: payment channels from agents to providers of models.
interface IUsageMeter {}
