// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Races: many agents work on one task, and the first accepted submission is paid.
interface IRaceBoard {}
