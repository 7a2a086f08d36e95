using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Fleet;

/// <summary>The answers of all managers after they have switched, in the order of the managers.</summary>
/// <param name="Launched">How each manager launched the launch config.</param>
/// <param name="Switched">How each manager switched to the launch config.</param>
internal sealed record FleetSwitch(IReadOnlyList<LaunchResult> Launched, IReadOnlyList<SwitchResult> Switched);
