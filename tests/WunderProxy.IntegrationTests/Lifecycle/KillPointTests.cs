using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>
/// kill -9 at every point that an operation passes: the points are taken from a traced run, each is died at in a fresh
/// process, and the start after it has to leave a right state. The points come from the state machine and the durable
/// writes; none from a clock.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class KillPointTests
{
    [Test]
    public Task Launch_killed_at_any_point_leaves_a_right_state() => RunAsync(
        "launch",
        _ => Task.CompletedTask,
        (service, config) => service.PostAsync("launch", Encoding.ASCII.GetBytes(Store(service, config))),
        minPoints: 10);

    [Test]
    public Task Switch_killed_at_any_point_leaves_a_right_state() => RunAsync(
        "switch",
        prepared => prepared.Service.PostAsync("launch", Encoding.ASCII.GetBytes(Store(prepared.Service, prepared.Config))),
        (service, config) => service.PostAsync("switch", Encoding.ASCII.GetBytes(ServiceProcess.HashOf(config))),
        minPoints: 8);

    [Test]
    public Task Deploy_killed_at_any_point_leaves_a_right_state() => RunAsync(
        "deploy",
        _ => Task.CompletedTask,
        (service, config) => service.PostAsync("deploy", config),
        minPoints: 18);

    [Test]
    public Task Rollback_killed_at_any_point_leaves_a_right_state() => RunAsync(
        "rollback",
        prepared => prepared.Service.PostAsync("deploy", prepared.Config),
        (service, _) => service.PostAsync("rollback", []),
        minPoints: 15);

    [Test]
    public Task Drain_and_removal_killed_at_any_point_leave_a_right_state() => RunAsync(
        "deploy",
        _ => Task.CompletedTask,
        (service, config) => service.PostAsync("deploy", config),
        minPoints: 8,
        keep: 0,
        from: "deploy/Current-Draining");

    [Test]
    public Task Guard_killed_at_any_point_leaves_a_right_state() => RunAsync(
        "guard",
        _ => Task.CompletedTask,
        async (service, config) =>
        {
            var deployed = await service.PostAsync("deploy?guard=30s", config);
            await service.Engine.KillAsync(deployed!["Container"]!.GetValue<string>());
            return deployed;
        },
        minPoints: 10);

    [Test]
    public Task Start_killed_at_any_point_leaves_a_right_state() => RunAsync(
        "start",
        prepared =>
        {
            Store(prepared.Service, prepared.Config);
            File.WriteAllBytes(prepared.Service.StoreFile("current.json"), prepared.Config);
            return Task.CompletedTask;
        },
        async (service, config) =>
        {
            await Eventually.TrueAsync("it followed, or died", async () =>
                service.Process.HasExited || (await ServingAsync(service)) == ServiceProcess.HashOf(config));
            return null;
        },
        minPoints: 10);

    /// <summary>Traces the operation once, then dies at each of its points, or at those from one on.</summary>
    private static async Task RunAsync(
        string operation,
        Func<(ServiceProcess Service, byte[] Config), Task> prepare,
        Func<ServiceProcess, byte[], Task<JsonNode?>> act,
        int minPoints,
        int keep = 1,
        string from = "")
    {
        await using var service = new ServiceProcess { ExtraArguments = ["--keep", keep.ToString(CultureInfo.InvariantCulture)] };
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "r1");
        await service.StartAsync();
        await service.PostAsync("deploy", ServiceProcess.Config("base"));

        IReadOnlyList<string> points =
            [.. (await TraceAsync(service, operation, prepare, act)).SkipWhile(point => !point.StartsWith(from, StringComparison.Ordinal))];
        Assert.That(points, Has.Count.AtLeast(minPoints), string.Join(' ', points));
        TestContext.Out.WriteLine($"{points.Count} points: {string.Join(' ', points)}");

        // What starts after a death dies at the next point, which only a call reaches; those of a start need a start more.
        var isStart = operation == "start";
        if (!isStart)
        {
            await service.KillAsync();
            await service.StartAsync(DyingAt(points[0]));
        }

        for (var index = 0; index < points.Count; index++)
        {
            var next = isStart || index == points.Count - 1 ? null : DyingAt(points[index + 1]);
            await DieAtAsync(service, points[index], next, ServiceProcess.Config($"{operation}-{index}"), prepare, act);
        }
    }

    private static Dictionary<string, string> DyingAt(string point) =>
        new(StringComparer.Ordinal) { [FaultPoints.Variable] = point };

    private static async Task<IReadOnlyList<string>> TraceAsync(
        ServiceProcess service,
        string operation,
        Func<(ServiceProcess Service, byte[] Config), Task> prepare,
        Func<ServiceProcess, byte[], Task<JsonNode?>> act)
    {
        var config = ServiceProcess.Config("traced");
        await prepare((service, config));
        await service.SettleAsync();
        await service.KillAsync();
        await service.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { [FaultPoints.TraceVariable] = service.TraceFile });
        await service.SettleAsync();
        await act(service, config);
        await service.SettleAsync();
        await AssertRightStateAsync(service, operation + "/none");
        await service.KillAsync();
        await service.StartAsync();
        return
        [
            .. File.ReadAllLines(service.TraceFile)
                .Where(point => point.StartsWith(operation + "/", StringComparison.Ordinal))
                .GroupBy(point => point, StringComparer.Ordinal)
                .SelectMany(group => group.Select((point, index) => $"{point}#{index + 1}")),
        ];
    }

    /// <summary>Has the process that runs die at a point, and looks at the state after the next start.</summary>
    /// <param name="service">Runs; dies at the point, unless that is one of a start.</param>
    /// <param name="point">Where it dies.</param>
    /// <param name="next">Variables of the start after the death.</param>
    /// <param name="config">What is launched.</param>
    /// <param name="prepare">Comes before the operation.</param>
    /// <param name="act">The operation.</param>
    private static async Task DieAtAsync(
        ServiceProcess service,
        string point,
        Dictionary<string, string>? next,
        byte[] config,
        Func<(ServiceProcess Service, byte[] Config), Task> prepare,
        Func<ServiceProcess, byte[], Task<JsonNode?>> act)
    {
        await service.SettleAsync();
        await prepare((service, config));
        await service.SettleAsync();
        var before = await ServingContainerAsync(service);
        var startedAt = await StartedAtAsync(service, before);
        if (point.StartsWith("start/", StringComparison.Ordinal))
        {
            await service.KillAsync();
            await service.StartAsync(DyingAt(point));
        }

        await act(service, config);
        await Eventually.TrueAsync($"it died at {point}", () => service.Process.HasExited, 15);

        await service.StartAsync(next);
        await service.SettleAsync();
        await AssertRightStateAsync(service, point);
        if (await ServingContainerAsync(service) == before)
        {
            Assert.That(await StartedAtAsync(service, before), Is.EqualTo(startedAt), $"{point}: a healthy container was restarted");
        }
    }

    private static async Task AssertRightStateAsync(ServiceProcess service, string point)
    {
        var serving = await ServingAsync(service);
        await Eventually.TrueAsync($"{point}: every container is in care", async () =>
        {
            var known = (await service.GetAsync("containers")).AsArray()
                .ToDictionary(c => c!["Id"]!.GetValue<string>(), c => c!["State"]!.GetValue<string>(), StringComparer.Ordinal);
            var present = await service.ContainersAsync();
            return present.All(container => IsInCare(container, known)) && present.Count == known.Count;
        });
        if (!point.StartsWith("launch/", StringComparison.Ordinal) && !point.StartsWith("switch/", StringComparison.Ordinal)
            && !point.StartsWith("start/", StringComparison.Ordinal))
        {
            await Eventually.TrueAsync($"{point}: history and current.json tell what serves", () =>
                service.History()[^1]!["Hash"]!.GetValue<string>() == serving
                && ServiceProcess.HashOf(File.ReadAllBytes(service.StoreFile("current.json"))) == serving);
        }

        var recorded = service.Events()
            .Where(e => e["Type"]!.GetValue<string>() == "deploy")
            .GroupBy(e => e["Hash"]!.GetValue<string>(), StringComparer.Ordinal);
        Assert.That(recorded.Select(events => events.Count()), Is.All.EqualTo(1), $"{point}: one event for each deploy");
        Assert.That(await service.AskAsync(), Is.Not.Empty, point);
    }

    private static bool IsInCare(JsonNode container, Dictionary<string, string> known)
    {
        var state = known.GetValueOrDefault(container["Id"]!.GetValue<string>(), "");
        var isRunning = container["State"]!.GetValue<string>() == "running";
        return state is "current" or "launched" ? isRunning : state == "kept" && !isRunning;
    }

    private static async Task<string> ServingAsync(ServiceProcess service) =>
        (await service.GetAsync("status"))["Upstream"]?["Hash"]?.GetValue<string>() ?? "";

    private static async Task<string> ServingContainerAsync(ServiceProcess service) =>
        (await service.GetAsync("status"))["Upstream"]!["Container"]!.GetValue<string>();

    private static async Task<string> StartedAtAsync(ServiceProcess service, string container) =>
        (await service.Engine.InspectAsync(container))["State"]!["StartedAt"]!.GetValue<string>();

    private static string Store(ServiceProcess service, byte[] config)
    {
        var hash = ServiceProcess.HashOf(config);
        File.WriteAllBytes(service.StoreFile($"container.{hash}.json"), config);
        return hash;
    }
}
