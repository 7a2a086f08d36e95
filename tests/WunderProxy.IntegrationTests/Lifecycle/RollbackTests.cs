using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>What a rollback needs is said beforehand, and what it took afterwards: method and seconds.</summary>
[Parallelizable]
internal sealed class RollbackTests
{
    [Test]
    public async Task Kept_container_is_started()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "r2");

        var (first, back, said) = await DeployTwiceAndBackAsync(service, "r1", async first =>
            await Eventually.TrueAsync("r1 is stopped", async () => !await service.IsRunningAsync(first.Container)));

        Assert.That((back.Method, back.Container), Is.EqualTo(("started", first.Container)));
        Assert.That(said, Has.Some.Contains("its kept container is started"));
    }

    [Test]
    public async Task Image_that_is_gone_is_pulled()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "r2");
        await service.Engine.PushAsync(service.Repository, "r1");

        var (_, back, said) = await DeployTwiceAndBackAsync(service, "r1", async first =>
        {
            await RemoveAsync(service, first);
            await RemoveImageAsync(service, "r1");
        });

        Assert.That(back.Method, Is.EqualTo("pulled"));
        Assert.That(said, Has.Some.Contains("its image has to be pulled first"));
    }

    [Test]
    public async Task Image_that_only_a_bucket_has_is_loaded()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "r2");
        var bucket = Directory.CreateTempSubdirectory("wunderproxy-");
        try
        {
            var folder = bucket.CreateSubdirectory("service");
            await using (var file = File.Create(Path.Combine(folder.FullName, "image.r1.tar")))
            await using (var archive = await service.Engine.SaveAsync($"{service.Repository}:r1"))
            {
                await archive.CopyToAsync(file);
            }

            var (_, back, said) = await DeployTwiceAndBackAsync(
                service,
                "r1",
                async first =>
                {
                    await RemoveAsync(service, first);
                    await RemoveImageAsync(service, "r1");
                },
                config => config["ImageBucket"] = $"file:{bucket.FullName}");

            Assert.That(back.Method, Is.EqualTo("loaded"));
            Assert.That(said, Has.Some.Contains($"loaded from file:{bucket.FullName}"));
        }
        finally
        {
            bucket.Delete(recursive: true);
        }
    }

    [Test]
    public async Task Image_that_another_container_uses_stays()
    {
        await using var service = new LifecycleHarness { Adjust = options => options with { Keep = 0 } };
        await service.StartAsync("r1", "r2");
        var image = $"{service.Repository}:r1";
        var other = await service.Engine.SendAsync(
            HttpMethod.Post, $"containers/create?name=other-{service.App}", new JsonObject { ["Image"] = image });
        var otherId = other!["Id"]!.GetValue<string>();
        try
        {
            var first = await service.DeployAsync(LifecycleHarness.Config("r1"));
            await service.DeployAsync(LifecycleHarness.Config("r2"));
            await Eventually.TrueAsync(
                "r1's container is gone", () => service.Lifecycle.Containers.All(c => c.Id != first.Container));

            // The removal of the image follows that of its container; another deploy of r1 shows that it is over.
            var again = await service.DeployAsync(LifecycleHarness.Config("r1"));

            Assert.That(again.Method, Is.EqualTo("created"), "the image was there");
            Assert.That((await service.Engine.InspectAsync(otherId))["Id"]!.GetValue<string>(), Is.EqualTo(otherId));
        }
        finally
        {
            await service.Engine.RemoveAsync(otherId);
        }
    }

    private static async Task<(DeployResult First, DeployResult Back, IReadOnlyList<string> Said)> DeployTwiceAndBackAsync(
        LifecycleHarness service, string revision, Func<DeployResult, Task> between, Action<JsonObject>? change = null)
    {
        var said = new List<string>();
        var first = await service.DeployAsync(LifecycleHarness.Config(revision, change));
        await service.DeployAsync(LifecycleHarness.Config("r2"));
        await between(first);

        var back = await service.Lifecycle.RollbackAsync(
            new RollbackRequest { Target = "", By = "test" }, new Listener(said), CancellationToken.None);

        Assert.That(await service.AskAsync(), Is.EqualTo(revision));
        Assert.That(back.Seconds, Is.GreaterThan(0).And.LessThan(120));
        return (first, back, said);
    }

    private static async Task RemoveAsync(LifecycleHarness service, DeployResult deployed)
    {
        await Eventually.TrueAsync("it is stopped", async () => !await service.IsRunningAsync(deployed.Container));
        await service.Engine.RemoveAsync(deployed.Container);
        await Eventually.TrueAsync(
            "that is noticed", () => service.Lifecycle.Containers.All(container => container.Id != deployed.Container));
    }

    private static async Task RemoveImageAsync(LifecycleHarness service, string tag) => await service.Engine.SendAsync(
        HttpMethod.Delete, $"images/{service.Repository}:{tag}?force=1", accept: HttpStatusCode.NotFound);

    private sealed class Listener(List<string> said) : IProgress<DeploymentProgress>
    {
        public void Report(DeploymentProgress value) => said.Add(value.Message);
    }
}
