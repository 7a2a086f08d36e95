using System.Globalization;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Scripts;

/// <summary>A set-up that is told no by a server which has just come up.</summary>
internal sealed class SetUpTests
{
    [TestCase(0)]
    [TestCase(2)]
    public async Task Bucket_is_asked_for_again_until_it_is_there(int refusals)
    {
        var asked = 0;
        await using var server = new TestHttpServer(context =>
        {
            context.Response.StatusCode = ++asked <= refusals ? 503 : 200;
            return Task.FromResult("Please reduce your request rate.");
        });

        var result = await CreateBucketAsync(server, tries: 3);

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(asked, Is.EqualTo(refusals + 1));
    }

    [Test]
    public async Task Bucket_that_never_comes_is_named_with_what_the_server_said()
    {
        await using var server = new TestHttpServer(context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult("Please reduce your request rate.");
        });

        var result = await CreateBucketAsync(server, tries: 2);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Errors, Does.Contain("bucket pail").And.Contain("Please reduce").And.Contain("503").And.Contain("failed 2 times"));
    }

    // As the set-up does, but without waiting.
    private static Task<ProgramResult> CreateBucketAsync(TestHttpServer server, int tries) => HostProgram.RunAsync(
        "bash",
        [
            "-c", ". \"$0/eng/lib.sh\"; . \"$ROOT/eng/parts/s3.sh\"; sleep() { :; }; retry \"$1\" 'bucket pail' s3_create_bucket \"$2\" pail key secret",
            Repository.Folder, tries.ToString(CultureInfo.InvariantCulture), $"http://{server.EndPoint}",
        ]);
}
