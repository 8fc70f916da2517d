"""What is scikit-learn's own in its image: how requests become arrays. It has no algorithm of its own."""
