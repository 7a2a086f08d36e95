using System.Globalization;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>Every call that the client can make, by a name for the tests.</summary>
internal static class EngineCalls
{
    /// <summary>Calls that end at the call limit.</summary>
    public static readonly IReadOnlyDictionary<string, Func<DockerEngineClient, Task>> Limited = Named(
        ("ping", client => client.PingAsync(CancellationToken.None)),
        ("list", client => client.ListContainersAsync(CancellationToken.None)),
        ("inspect", client => client.InspectContainerAsync("a", CancellationToken.None)),
        ("create", client => client.CreateContainerAsync("a", [], CancellationToken.None)),
        ("start", client => client.StartContainerAsync("a", CancellationToken.None)),
        ("stop", client => client.StopContainerAsync("a", TimeSpan.FromMilliseconds(1), CancellationToken.None)),
        ("stop at once", client => client.StopContainerAsync("a", TimeSpan.Zero, CancellationToken.None)),
        ("kill", client => client.KillContainerAsync("a", CancellationToken.None)),
        ("remove", client => client.RemoveContainerAsync("a", CancellationToken.None)),
        ("connect", client => client.ConnectNetworkAsync("n", "a", CancellationToken.None)),
        ("logs", client => client.ReadLogsAsync("a", 50, CancellationToken.None)),
        ("image", client => client.Images.FindAsync("a", CancellationToken.None)),
        ("tag", client => client.Images.TagAsync("a", ImageName.Parse("b:c"), CancellationToken.None)),
        ("remove image", client => client.Images.RemoveAsync("a", CancellationToken.None)));

    /// <summary>Calls that last as long as the engine needs.</summary>
    public static readonly IReadOnlyDictionary<string, Func<DockerEngineClient, Task>> Unlimited = Named(
        ("wait", client => client.WaitForExitAsync("a", CancellationToken.None)),
        ("pull", client => client.Images.PullAsync(
            ImageName.Parse("a"), null, TimeSpan.FromMinutes(1), _ => { }, CancellationToken.None)),
        ("load", client => client.Images.LoadAsync(
            new MemoryStream([1]), TimeSpan.FromMinutes(1), _ => { }, CancellationToken.None)),
        ("events", client => ReadAllAsync(client.FollowEventsAsync(1, CancellationToken.None))));

    public static readonly IReadOnlyDictionary<string, Func<DockerEngineClient, Task>> All =
        Limited.Concat(Unlimited).ToDictionary(StringComparer.Ordinal);

    /// <summary>The names of all calls.</summary>
    public static IEnumerable<string> Names() => All.Keys.Order(StringComparer.Ordinal);

    /// <summary>Reads a stream of events to its end.</summary>
    public static async Task<IReadOnlyList<string>> ReadAllAsync(IAsyncEnumerable<EngineEvent> events)
    {
        var seen = new List<string>();
        await foreach (var happened in events)
        {
            seen.Add(string.Create(
                CultureInfo.InvariantCulture, $"{happened.Action} {happened.ContainerId} {happened.TimeNanoseconds}"));
        }

        return seen;
    }

    private static Dictionary<string, Func<DockerEngineClient, Task>> Named(
        params (string Name, Func<DockerEngineClient, Task> Call)[] calls) =>
        calls.ToDictionary(call => call.Name, call => call.Call, StringComparer.Ordinal);
}
