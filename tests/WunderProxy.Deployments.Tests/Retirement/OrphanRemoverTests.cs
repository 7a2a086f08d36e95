using System.Net;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Retirement;

[Parallelizable(ParallelScope.All)]
internal sealed class OrphanRemoverTests
{
    [Test]
    public async Task Container_that_cannot_be_removed_is_tried_again_and_each_cause_told_once()
    {
        var answers = new Queue<(HttpStatusCode Status, string Message)>(
        [
            (HttpStatusCode.Conflict, "in progress"),
            (HttpStatusCode.Conflict, "in progress"),
            (HttpStatusCode.InternalServerError, "device busy"),
            (HttpStatusCode.InternalServerError, "device busy"),
            (HttpStatusCode.OK, ""),
        ]);
        using var engine = new ScriptedEngine().On(HttpMethod.Delete, "/containers/c1", _ =>
        {
            var (status, message) = answers.Dequeue();
            return ScriptedEngine.Answer(status, System.Text.Encoding.UTF8.GetBytes(message));
        });
        using var client = engine.CreateClient();
        var log = new RecordingLogger();
        var ownership = new ContainerOwnership(
            new ContainerIdentity("shop", "memory/service"), () => new LifecycleRecord(), client.Images);
        var remover = new OrphanRemover(client, ownership, log);

        await remover.RemoveAsync("c1", CancellationToken.None);
        for (var retry = 0; retry < 5; retry++)
        {
            await remover.RetryAsync(CancellationToken.None);
        }

        Assert.That(answers, Is.Empty, "it was tried until it went, and then no more");
        Assert.That(
            log.MessagesFrom(LogLevel.Warning).Select(line => line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]),
            Is.EqualTo(new[] { "in progress", "device busy" }));
    }
}
