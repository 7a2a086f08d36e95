using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class FaultTests
{
    private const string Json = "application/json";

    [TestCase(DeploymentError.BadHash, 400)]
    [TestCase(DeploymentError.NotFound, 404)]
    [TestCase(DeploymentError.HistoryEmpty, 404)]
    [TestCase(DeploymentError.Busy, 409)]
    [TestCase(DeploymentError.NotRunning, 409)]
    [TestCase(DeploymentError.LeaseHeld, 409)]
    [TestCase(DeploymentError.Unhealthy, 422)]
    [TestCase(DeploymentError.HashMismatch, 422)]
    [TestCase(DeploymentError.InvalidConfig, 422)]
    [TestCase(DeploymentError.AmbiguousPort, 422)]
    [TestCase(DeploymentError.Restricted, 422)]
    [TestCase(DeploymentError.ImageMismatch, 422)]
    [TestCase(DeploymentError.LaunchFailed, 422)]
    [TestCase(DeploymentError.StoreDenied, 503)]
    [TestCase(DeploymentError.StoreUnavailable, 503)]
    [TestCase(DeploymentError.EngineUnavailable, 503)]
    [TestCase(DeploymentError.StateUnwritable, 503)]
    public async Task Fault_of_the_domain_has_its_status_and_code(DeploymentError error, int status)
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Failure = new DeploymentException(error, "why");

        var response = await api.CallAsync("POST /launch", "00ff", Json);

        var document = JsonNode.Parse(ApiFixture.TextOf(response))!;
        Assert.That(response.Status, Is.EqualTo(status));
        Assert.That(document["error"]!.GetValue<string>(), Is.EqualTo(DeploymentErrorCode.Of(error)));
        Assert.That(document["message"]!.GetValue<string>(), Is.EqualTo("why"));
    }

    [Test]
    public void Every_fault_of_the_domain_is_in_the_table_above()
    {
        var rows = typeof(FaultTests)
            .GetMethod(nameof(Fault_of_the_domain_has_its_status_and_code))!
            .GetCustomAttributes(typeof(TestCaseAttribute), inherit: false)
            .Cast<TestCaseAttribute>()
            .Select(row => (DeploymentError)row.Arguments[0]!);

        Assert.That(rows, Is.EquivalentTo(Enum.GetValues<DeploymentError>()));
    }
}
