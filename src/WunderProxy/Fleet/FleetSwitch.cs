using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Fleet;

/// <summary>What a fleet serves after all managers have switched; the lists are in the order of the managers.</summary>
/// <param name="Launched">How each manager launched the config.</param>
/// <param name="Switched">How each manager switched to it.</param>
internal sealed record FleetSwitch(IReadOnlyList<LaunchResult> Launched, IReadOnlyList<SwitchResult> Switched);
