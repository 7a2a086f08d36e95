using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable]
internal sealed class ImageNameTests
{
    [TestCase("app", "app", "latest", ImageName.DockerHub)]
    [TestCase("team/app:r1", "team/app", "r1", ImageName.DockerHub)]
    [TestCase("localhost:5000/app", "localhost:5000/app", "latest", "localhost:5000")]
    [TestCase("localhost/app:2", "localhost/app", "2", "localhost")]
    [TestCase("r.example:5000/t/app:r1", "r.example:5000/t/app", "r1", "r.example:5000")]
    [TestCase("r.example/app@sha256:ab", "r.example/app", "sha256:ab", "r.example")]
    [TestCase("r.example/app:r1@sha256:ab", "r.example/app", "sha256:ab", "r.example")]
    public void Reference_is_split_as_the_engine_does(string text, string repository, string tag, string registry)
    {
        var name = ImageName.Parse(text);

        Assert.That((name.Repository, name.Tag, name.Registry), Is.EqualTo((repository, tag, registry)));
    }
}
